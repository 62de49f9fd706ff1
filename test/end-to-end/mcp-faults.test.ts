import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { misbehaviours } from '../../src/idp/misbehaviours.ts';
import type { McpDocument } from '../../src/output/documents.ts';
import { createTestContext } from '../fakes/context.ts';
import { runHere } from '../fakes/run-here.ts';
import { follow } from './scripted-login.ts';

const rows = misbehaviours.filter(({ expects }) => expects !== undefined);
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-mcp-faults-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `mcp` against one row, with a browser that goes where it is sent. */
async function judge({ script, options }: (typeof rows)[number], ...args: readonly string[]) {
  const server = await startScriptedServer(script);
  const test = createTestContext({ visit: follow });
  try {
    const status = await run(
      ['mcp', `${server.issuer}/mcp`, '--port', '0', ...options, ...args],
      test.context,
    );
    await test.visited().catch(() => {});
    return { status, stdout: test.stdout(), stderr: test.stderr(), complaints: server.complaints };
  } finally {
    await server.close();
  }
}

/** What `debug` holds for proven in a recording, by row; in every other row nothing is. */
const proven: Readonly<Record<string, readonly string[]>> = {
  'mcp-step-up': ['The access token lacks the scope api:write.'],
  'mcp-step-up-endless': ['The access token lacks the scope api:write.'],
};

describe.each(rows)('$id ($wrong)', (row) => {
  const { id, expects } = row;
  const trace = join(folder, `${id}.json`);

  it('is broken where the row says, by whom it says, and nowhere else', async () => {
    const { status, stdout, stderr, complaints } = await judge(row, '--json', '--trace', trace);
    expect(stdout, stderr).not.toBe('');
    const { verdict, phases }: McpDocument = JSON.parse(stdout);
    const { first_broken: broken } = verdict;
    expect(broken === null ? verdict.outcome : { phase: broken.phase, fault: broken.fault }).toEqual(expects);
    expect(status).toBe(broken === null ? 0 : 7);
    const failed = phases.filter(({ outcome }) => outcome === 'fail').map(({ phase }) => phase);
    expect(failed).toEqual(broken === null ? [] : [broken.phase]);
    expect(complaints).toEqual([]);
    expect(stdout + stderr).not.toContain('555-0199');
  });

  it('proves nothing but what two values contradict', async () => {
    const { stdout } = await runHere(['debug', trace, '--json', '--fail-on', 'none']);
    const certain: string[] = [];
    JSON.parse(stdout, (_, value) => {
      if (value?.confidence === 'high') certain.push(value.cause ?? JSON.stringify(value));
      return value;
    });
    expect(certain).toEqual(proven[id] ?? []);
  });
});
