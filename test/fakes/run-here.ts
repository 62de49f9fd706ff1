import { run } from '../../src/entry/program.ts';
import type { ErrorDocument } from '../../src/output/documents.ts';
import { createTestContext, type TestContextOptions } from './context.ts';

/** A run in this process that came to its end. */
export interface RunHere {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** URLs that a browser was to open. */
  readonly opened: readonly string[];
}

/** Runs a command line in this process. */
export async function runHere(argv: readonly string[], options: TestContextOptions = {}): Promise<RunHere> {
  const test = createTestContext({ visit: async () => {}, ...options });
  const status = await run(argv, test.context);
  return {
    status,
    stdout: test.stdout(),
    stderr: test.stderr(),
    opened: test.opened.map(({ url }) => url),
  };
}

/** The error document of a run that failed with `--json`. @throws when it did not fail */
export function errorOf({ status, stdout, stderr }: RunHere): ErrorDocument['error'] {
  if (status === 0 || stdout !== '') throw new Error(`The run ended with ${status}:\n${stderr}\n${stdout}`);
  const document: ErrorDocument = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
  return document.error;
}
