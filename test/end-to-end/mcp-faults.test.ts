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
    return {
      status,
      stdout: test.stdout(),
      stderr: test.stderr(),
      complaints: server.complaints,
      requests: server.requests,
    };
  } finally {
    await server.close();
  }
}

/** What `debug` holds for proven in a recording, by row; in every other row nothing is. */
const proven: Readonly<Record<string, readonly string[]>> = {
  'mcp-step-up': ['The access token lacks the scope api:write.'],
  'mcp-step-up-refused': ['The access token lacks the scope api:admin.'],
  'mcp-step-up-unlisted': ['The access token lacks the scope api:admin.'],
  'mcp-step-up-endless': ['The access token lacks the scope api:write.'],
};

/** The phases that only warn, of rows that work. */
const warned: Readonly<Record<string, readonly string[]>> = {
  'mcp-challenge-missing': ['challenge'],
  'mcp-challenge-bare': ['challenge'],
  'mcp-challenge-dead-end': ['resource_metadata'],
  'mcp-metadata-at-root': ['resource_metadata'],
  'mcp-identifier-slash': ['resource_metadata'],
  'mcp-identifier-parent': ['resource_metadata'],
  'mcp-identifier-case': ['resource_metadata'],
  'mcp-first-server-dead': ['resource_metadata'],
  'mcp-first-server-missing': ['resource_metadata'],
  'mcp-first-server-page': ['resource_metadata'],
  'mcp-first-server-issuer': ['resource_metadata'],
  'mcp-first-server-pkce': ['resource_metadata'],
  'mcp-first-server-no-url': ['resource_metadata'],
  'mcp-token-client-audience': ['token'],
  'mcp-token-no-audience': ['token'],
  'mcp-token-no-type': ['token'],
};

describe.each(rows)('$id ($wrong)', (row) => {
  const { id, expects } = row;
  const trace = join(folder, `${id}.json`);

  it('is broken where the row says, with the fault that it names, and nowhere else', async () => {
    const { status, stdout, stderr, complaints } = await judge(row, '--json', '--trace', trace);
    expect(stdout, stderr).not.toBe('');
    const { verdict, phases }: McpDocument = JSON.parse(stdout);
    const { first_broken: broken } = verdict;
    expect(broken === null ? verdict.outcome : { phase: broken.phase, fault: broken.fault }).toEqual(expects);
    expect(status).toBe(broken === null ? 0 : 7);
    const failed = phases.filter(({ outcome }) => outcome === 'fail').map(({ phase }) => phase);
    expect(failed).toEqual(broken === null ? [] : [broken.phase]);
    const odd = phases.filter(({ outcome }) => outcome === 'warn').map(({ phase }) => phase);
    if (broken === null) expect(odd).toEqual(warned[id] ?? []);
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

it('says who refused, which access_denied leaves open', async () => {
  const [row] = rows.filter(({ id }) => id === 'mcp-authorization-denied');
  if (row === undefined) throw new Error('no such row');
  const { stdout, stderr } = await judge(row);
  for (const said of [stdout, stderr]) {
    expect(said.replace(/\s+/g, ' ')).toContain(
      'the user who was asked, or a rule of the authorization server',
    );
    expect(said).not.toContain('command line');
  }
});

it.each(['mcp-par-access-denied', 'mcp-token-access-denied', 'mcp-register-access-denied'])(
  'does not blame the user for an error that no user has caused: %s',
  async (id) => {
    const [row] = rows.filter((one) => one.id === id);
    if (row === undefined) throw new Error('no such row');
    const { stdout, stderr } = await judge(row);
    expect((stdout + stderr).replace(/\s+/g, ' ')).toContain('the authorization server');
    expect(stdout + stderr).not.toContain('the user who');
    if (id.startsWith('mcp-par')) expect(stdout).not.toContain('another account');
  },
);

it.each(['access_denied', 'expired_token'])(
  'takes %s of a sign-in elsewhere for the answer of the user',
  async (error) => {
    const server = await startScriptedServer({ hasResource: true, elsewhere: { polls: [error] } });
    try {
      const args = ['--client-id', 'client-1', '--flow', 'device', '--json'];
      const { stdout, stderr } = await runHere(['mcp', `${server.issuer}/mcp`, ...args]);
      const [, document = ''] = stdout.split(/(?<=\}\n)(?=\{)/);
      expect(document, stderr).not.toBe('');
      expect(JSON.parse(document).verdict.first_broken).toMatchObject({
        ...{ phase: 'authorization', fault: 'client' },
        evidence: expect.arrayContaining([`error: ${error}`]),
      });
    } finally {
      await server.close();
    }
  },
);

it('names the scope that a call needs and that is refused', async () => {
  const [row] = rows.filter(({ id }) => id === 'mcp-step-up-refused');
  if (row === undefined) throw new Error('no such row');
  const { stdout } = await judge(row, '--json');
  expect(JSON.parse(stdout).verdict.first_broken.try).toBe(
    'Have the authorization server grant api:admin: the call needs it.',
  );
});

it.each([
  ['mcp-call-past', 'The token has expired.'],
  ['mcp-call-foreign', 'The token is of an authorization server that the resource does not name.'],
])('does not rule out the fault of %s', async (id, cause) => {
  const [row] = rows.filter((one) => one.id === id);
  if (row === undefined) throw new Error('no such row');
  const { stdout } = await judge(row, '--json');
  const { ruled_out: ruledOut } = JSON.parse(stdout).verdict.first_broken;
  expect(ruledOut.map((one: { cause: string }) => one.cause)).not.toContain(cause);
});

it('asks the second of two authorization servers for its metadata once', async () => {
  const [row] = rows.filter(({ id }) => id === 'mcp-first-server-dead');
  if (row === undefined) throw new Error('no such row');
  for (const args of [[], ['--no-login']]) {
    const { requests } = await judge(row, ...args);
    expect(requests.filter(({ endpoint }) => endpoint === 'discovery')).toHaveLength(1);
  }
});

it.each([
  ['dead', ':1 cannot be used: ', 'ECONNREFUSED'],
  ['missing', '/first cannot be used: No metadata was found', 'status 404'],
  ['page', '/first cannot be used: No metadata was found', 'no JSON object'],
  ['issuer', '/first cannot be used: Issuer of the metadata', 'It names https://other.example/mcp.'],
  ['pkce', '/first cannot be used: PKCE is advertised', 'does not say'],
])('says why the first of two servers is not used, and which is: %s', async (id, first, why) => {
  const [row] = rows.filter((one) => one.id === `mcp-first-server-${id}`);
  if (row === undefined) throw new Error('no such row');
  const { stdout } = await judge(row, '--json');
  const { phases, issuer }: McpDocument = JSON.parse(stdout);
  expect(phases[2]?.text).toContain(first);
  expect(phases[2]?.text).toContain(why);
  expect(phases[2]?.text).toContain(`${issuer} is used instead.`);
  expect(phases[3]).toMatchObject({ outcome: 'pass', text: issuer });
});

it('works under the name that a firewall lets through', async () => {
  const [row] = rows.filter(({ id }) => id === 'mcp-user-agent');
  if (row === undefined) throw new Error('no such row');
  const { status, stderr } = await judge(row, '--json', '--user-agent', 'Mozilla/5.0');
  expect(status, stderr).toBe(0);
});
