import { expect, it } from 'vitest';
import { errorOf, runHere } from '../fakes/run-here.ts';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${part({ alg: 'RS256' })}.${part({
  iss: 'https://token.actions.githubusercontent.com',
  sub: 'repo:octocat/app:ref:refs/heads/main',
  repository: 'octocat/app',
})}.c2ln`;
const policy = JSON.stringify({
  StringEquals: { 'token.actions.githubusercontent.com:sub': 'repo:octocat/*' },
});
const decode = (...args: readonly string[]) =>
  runHere(['decode', token, ...args], { files: { '/policy.json': policy } });

it('explains the identity of a job, and compares it with what a server trusts', async () => {
  const { status, stdout } = await decode('--as', 'ci-identity', '--trust', 'sub=repo:octocat/*');
  expect(status).toBe(0);
  expect(stdout).toContain('Identity of the job');
  expect(stdout).toContain('repository of the job (GitHub)');
});

it('ends with 7 where a condition is not met', async () => {
  const run = await decode('--as', 'ci-identity', '--trust', '/policy.json', '--json');
  expect(run.status).toBe(7);
  const { identity, checks } = JSON.parse(run.stdout);
  expect(identity).toHaveLength(3);
  expect(checks).toMatchObject([{ id: 'trust-condition', outcome: 'fail' }]);
});

it.each([
  [['--trust', 'sub=a'], '--trust is about the token of a CI job.'],
  [['--as', 'ci-identity', '--trust', 'sub'], '--trust sub is not a condition that can be compared.'],
])('is refused: %j', async (args, message) => {
  expect(errorOf(await decode(...args, '--json'))).toMatchObject({ exit_code: 2, message });
});
