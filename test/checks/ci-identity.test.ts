import { describe, expect, it } from 'vitest';
import { explainIdentity, judgeTrust, readTrust } from '../../src/checks/ci-identity.ts';

const github = {
  iss: 'https://token.actions.githubusercontent.com',
  aud: 'sts.amazonaws.com',
  sub: 'repo:octocat/app:ref:refs/heads/main',
  repository: 'octocat/app',
  ref: 'refs/heads/main',
};
const numbered = { ...github, sub: 'repo:octocat@123456/app@456789:environment:prod' };
const aws = (operator: string, sub: string | string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Condition: {
          StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
          [operator]: { 'token.actions.githubusercontent.com:sub': sub },
        },
      },
    ],
  });
const entra = { issuer: github.iss, subject: github.sub, audiences: ['api://AzureADTokenExchange'] };
const google = {
  oidc: { issuerUri: github.iss },
  attributeCondition: "assertion.repository=='octocat/app' && assertion.ref.startsWith('refs/heads/')",
};

describe('a trust condition', () => {
  it.each([
    ['a pattern', 'sub=repo:octocat/*', github],
    ['AWS', aws('StringLike', ['repo:other/*', 'repo:octocat/*:ref:*']), github],
    ['AWS with the numbers', aws('StringLike', 'repo:octocat@*/app@*:*'), numbered],
    ['Entra', JSON.stringify({ ...entra, audiences: ['a', github.aud] }), github],
    ['Google', JSON.stringify(google), github],
    ['CEL', 'assertion.repository == "octocat/app"', github],
  ])('holds: %s', (_, text, claims) => {
    const checks = judgeTrust(claims, readTrust(text) ?? []);
    expect(checks.length).toBeGreaterThan(0);
    expect(checks.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
  });

  it.each([
    ['another owner', 'sub=repo:hubber/*', github, '"hubber/*" does not match'],
    ['another branch', 'sub=repo:octocat/app:ref:refs/heads/dev', github, '"dev" does not match'],
    ['a star that is none', aws('StringEquals', 'repo:octocat/*'), github, '"*" does not match'],
    ['the other form', 'sub=repo:octocat/app:environment:prod', numbered, 'GitHub wrote each name with'],
    ['an audience', JSON.stringify(entra), github, '"api://AzureADTokenExchange" does not match'],
    ['a claim', "assertion.environment=='prod'", github, 'The token has no claim environment.'],
  ])('names what does not match: %s', (_, text, claims, detail) => {
    const failed = judgeTrust(claims, readTrust(text) ?? []).filter(({ outcome }) => outcome === 'fail');
    expect(failed.map((check) => ({ id: check.id, detail: String(check.detail) }))).toEqual([
      { id: 'trust-condition', detail: expect.stringContaining(detail) },
    ]);
    expect(failed[0]).toHaveProperty('expected');
    expect(failed[0]).toHaveProperty('received');
  });

  it.each([
    '',
    'sub',
    '{}',
    '{"StringNotEquals":{"a:sub":"b"}}',
    "assertion.a=='b' || assertion.c=='d'",
    '[1]',
  ])('is not guessed at: %s', (text) => expect(readTrust(text)).toBeUndefined());
});

describe('the identity of a job', () => {
  it.each([
    [github, 'names alone, which others may take over, for a branch'],
    [numbered, 'names with their numbers, for an environment'],
    [{ sub: 'project_path:group/app:ref_type:branch:ref:main' }, 'what most servers compare'],
  ])('tells both forms of the subject of GitHub apart: %j', (claims, meaning) => {
    expect(explainIdentity(claims).find(({ claim }) => claim === 'sub')).toMatchObject({ meaning });
  });

  it('explains the claims of GitLab', () => {
    const claims = { project_path: 'group/app', ref: 'main', ref_protected: 'true', job_id: '1' };
    expect(explainIdentity(claims).map(({ claim }) => claim)).toEqual([
      'project_path',
      'ref',
      'ref_protected',
    ]);
  });
});
