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
  runHere(['decode', token, ...args], { files: { '/policy.json': policy, '/no.json': 'sub=a' } });

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
  expect(checks).toMatchObject([{ outcome: 'pass' }, { id: 'trust-condition', outcome: 'fail' }]);
});

it.each([
  [['--as', 'ci-identity', '--trust', '/no.json'], '--trust /no.json cannot be compared: it is not JSON.'],
  [['--trust', 'sub=a'], '--trust is about the token of a CI job.'],
  [
    ['--as', 'ci-identity', '--trust', 'sub'],
    '--trust sub cannot be compared: it is neither claim=pattern nor JSON.',
  ],
])('is refused: %j', async (args, message) => {
  expect(errorOf(await decode(...args, '--json'))).toMatchObject({ exit_code: 2, message });
});
