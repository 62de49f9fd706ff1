import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { run } from '../../src/entry/program.ts';
import type { DebugDocument } from '../../src/output/documents.ts';
import { createTestContext } from '../fakes/context.ts';

/** A response of a server and the reading it deserves; the rest of a case is for `debug` to read. */
export interface ProviderResponseCase {
  readonly id: string;
  readonly endpoint: string;
  readonly response: {
    readonly status: number | null;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
  readonly expect: { readonly outcome: string; readonly deviations: readonly string[] } & Readonly<
    Record<string, unknown>
  >;
}

const folder = join(import.meta.dirname, '../fixtures/more-provider-responses');

/** Further cases, file by file: each is about one concern. */
export const furtherCases: readonly (readonly [concern: string, cases: readonly ProviderResponseCase[]])[] =
  readdirSync(folder).map((file) => [
    file.replace(/\.json$/, ''),
    JSON.parse(readFileSync(join(folder, file), 'utf8')),
  ]);

/** Runs `debug --json` over what stands on stdin. */
export async function debug(
  args: readonly string[],
  stdin: string,
): Promise<{ status: number; document: DebugDocument; stderr: string }> {
  const test = createTestContext({ stdin });
  const status = await run(['debug', '--json', ...args], test.context);
  return { status, document: JSON.parse(test.stdout()), stderr: test.stderr() };
}

/** The ids of a case's deviations as findings write them, in order. */
export function findingIds(given: ProviderResponseCase): readonly string[] {
  return given.expect.deviations.map((id) => id.replaceAll('_', '-')).toSorted();
}

/** Asserts that `debug` gives a case its outcome, its values, its deviations as a set, and its exit status. */
export async function expectReading(given: ProviderResponseCase): Promise<void> {
  const { status, document } = await debug([], JSON.stringify(given));
  expect(document).toMatchObject({ version: 1, messages: [expect.anything()] });
  const [message] = document.messages;
  const { outcome, deviations, ...values } = given.expect;
  expect({ outcome: message?.outcome, values: message?.values }).toEqual({ outcome, values });
  expect(message?.findings.map(({ id }) => id).toSorted()).toEqual(findingIds(given));
  const violates = message?.findings.some(({ severity }) => severity === 'violation');
  expect(status).toBe(violates ? 7 : 0);
}
