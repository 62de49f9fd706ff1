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

const providerName = 'projects/1/locations/global/workloadIdentityPools/p/providers/q';
const provider = (oidc: object) =>
  JSON.stringify({ name: providerName, oidc: { issuerUri: github.iss, ...oidc } });
const flexible = (value: string) =>
  JSON.stringify({
    issuer: github.iss,
    subject: null,
    claimsMatchingExpression: { value, languageVersion: 1 },
  });
const forAll = (claim: string, value: string | string[]) =>
  JSON.stringify({
    'ForAllValues:StringEquals': { [`token.actions.githubusercontent.com:${claim}`]: value },
  });

describe('a trust condition', () => {
  it('with many stars is compared at once', () => {
    const [check] = judgeTrust({ sub: 'a'.repeat(5000) }, readTrust(`sub=${'a*'.repeat(5000)}b`, '--trust'));
    expect(check?.outcome).toBe('fail');
  });

  it.each([
    ['a pattern', 'sub=repo:octocat/*', github],
    ['AWS', aws('StringLike', ['repo:other/*', 'repo:octocat/*:ref:*']), github],
    ['AWS with the numbers', aws('StringLike', 'repo:octocat@*/app@*:*'), numbered],
    ['Entra', JSON.stringify({ ...entra, audiences: ['a', github.aud] }), github],
    ['Google', JSON.stringify(google), github],
    ['CEL', 'assertion.repository == "octocat/app"', github],
    ['a choice of CEL', "(assertion['repository'] in ['a/b', \"octocat/app\"])", github],
    [
      'Google without audiences',
      provider({ allowedAudiences: null }),
      { ...github, aud: `https://iam.googleapis.com/${providerName}` },
    ],
    ['the end in CEL', "assertion.ref.endsWith('/main') && assertion.aud == 'sts.amazonaws.com'", github],
    ['another value in CEL', "assertion.ref != 'refs/heads/dev'", github],
    ['an alternative of CEL', "assertion.ref=='a||b' || assertion.repository=='octocat/app'", github],
    [
      'alternatives in brackets',
      "((assertion.repository=='octocat/app') && (assertion.ref=='a' || assertion.ref.endsWith('/main')))",
      github,
    ],
    [
      'an alternative of Google',
      JSON.stringify({
        ...google,
        attributeCondition: "assertion.ref=='a' || assertion.repository=='octocat/app' && assertion.ref!='b'",
      }),
      github,
    ],
    ['an audience in CEL', "'b' in assertion.aud", { ...github, aud: ['a', 'b'] }],
    [
      'an attribute of Google',
      JSON.stringify({
        ...google,
        attributeMapping: { 'google.subject': 'assertion.sub', 'attribute.repo': 'assertion.repository' },
        attributeCondition: "attribute.repo=='octocat/app' && google.subject.startsWith('repo:')",
      }),
      github,
    ],
    ['one of all values in AWS', aws('ForAnyValue:StringLike', ['repo:x/*', 'repo:octo*']), github],
    [
      'a provider of AWS in capitals',
      JSON.stringify({ StringLike: { 'Token.Actions.githubusercontent.com:SUB': 'repo:octo*' } }),
      github,
    ],
    [
      'the name of a provider',
      provider({}),
      { ...github, aud: `https://iam.googleapis.com/${providerName}` },
    ],
    [
      'that name without a scheme',
      provider({ allowedAudiences: [] }),
      { ...github, aud: `//iam.googleapis.com/${providerName}` },
    ],
    [
      'a flexible credential of Entra',
      flexible("claims['sub'] matches 'repo:octocat/*' and claims['ref'] eq 'refs/heads/main'"),
      github,
    ],
    [
      'the answer of the command line of AWS',
      JSON.stringify({ Role: { AssumeRolePolicyDocument: JSON.parse(aws('StringLike', 'repo:*')) } }),
      github,
    ],
    ['a list of Entra', JSON.stringify([entra, { ...entra, audiences: [github.aud] }]), github],
    [
      'the answer of Entra',
      JSON.stringify({ value: [{ properties: { ...entra, audiences: [github.aud] } }] }),
      github,
    ],
    [
      'a key of AWS in capitals',
      JSON.stringify({ StringLike: { 'token.actions.githubusercontent.com:SUB': 'repo:*' } }),
      github,
    ],
    ['all of no value', forAll('enterprise', 'x'), github],
    ['all values', forAll('aud', ['a', 'b']), { ...github, aud: ['b', 'a'] }],
  ])('holds: %s', (_, text, claims) => {
    const checks = judgeTrust(claims, readTrust(text, '--trust x'));
    expect(checks.length).toBeGreaterThan(0);
    expect(checks.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
  });

  it.each([
    ['another owner', 'sub=repo:hubber/*', github, '"hubber/*" does not match'],
    ['another branch', 'sub=repo:octocat/app:ref:refs/heads/dev', github, '"dev" does not match'],
    [
      'an equal beside a pattern of the same text',
      JSON.stringify({
        StringEquals: { 'token.actions.githubusercontent.com:sub': 'repo:*' },
        StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:*' },
      }),
      github,
      '"*" does not match',
    ],
    ['a star that is none', aws('StringEquals', 'repo:octocat/*'), github, '"*" does not match'],
    ['the other form', 'sub=repo:octocat/app:environment:prod', numbered, 'GitHub wrote each name with'],
    ['a text for a list', "'b' in assertion.aud", { ...github, aud: 'b' }, 'the condition looks into a list'],
    ['an audience', JSON.stringify(entra), github, '"api://AzureADTokenExchange" does not match'],
    ['a claim', "assertion.environment=='prod'", github, 'The token has no claim environment.'],
    ['the audience of a provider', provider({}), github, 'The claim aud is "sts.amazonaws.com"'],
    ['a value that is excluded', "assertion.ref!='refs/heads/main'", github, 'the condition excludes it'],
    ['a claim that differs', "assertion.environment!='prod'", github, 'The token has no claim environment.'],
    [
      'alternatives of CEL',
      "assertion.ref=='a' && assertion.aud=='b' || assertion.ref=='refs/heads/dev'",
      github,
      '"dev" does not match. Of 2 alternatives this one is the nearest.',
    ],
    ['a list in CEL', "assertion.aud=='a'", { ...github, aud: ['a'] }, 'The claim aud is a list'],
    [
      'a text for a truth value',
      "assertion.ref_protected=='true'",
      { ...github, ref_protected: true },
      'The claim ref_protected is no text, and the condition compares a text.',
    ],
    ['one of all values', forAll('aud', 'a'), { ...github, aud: ['a', 'b'] }, 'The claim aud is "b": '],
    ['the end in CEL', "assertion.ref.endsWith('/dev')", github, '"/dev" does not match'],
    ['a choice of CEL', "assertion.ref in ['a', 'b']", github, 'The claim ref is "refs/heads/main"'],
    ['a flexible credential', flexible("claims['sub'] matches 'repo:x/*'"), github, '"x/*" does not match'],
  ])('names what does not match: %s', (_, text, claims, detail) => {
    const failed = judgeTrust(claims, readTrust(text, '--trust x')).filter(
      ({ outcome }) => outcome === 'fail',
    );
    expect(failed.map((check) => ({ id: check.id, detail: String(check.detail) }))).toEqual([
      { id: 'trust-condition', detail: expect.stringContaining(detail) },
    ]);
    expect(failed[0]).toHaveProperty('expected');
    expect(failed[0]).toHaveProperty('received');
  });

  it.each([
    ['', 'it is neither claim=pattern nor JSON'],
    ['sub', 'it is neither claim=pattern nor JSON'],
    ['[[1]]', 'it is neither claim=pattern nor JSON'],
    ['{}', 'it has no condition'],
    ['{"a":1}', 'a is not StringEquals or StringLike with its keys'],
    [
      '{"StringNotEquals":{"a.b:sub":"b"}}',
      'StringNotEquals is not StringEquals or StringLike with its keys',
    ],
    ['{"StringEquals":{"aws:SourceIp":"b"}}', 'the key aws:SourceIp does not name a provider and a claim'],
    ['{"StringEquals":{"a.b:sub":[[1]]}}', 'a.b:sub is neither a text nor a list of texts'],
    ['{"issuer":7,"subject":"a"}', 'issuer is neither a text nor a list of texts'],
    ['{"subject":"a","audiences":[[1]]}', 'audiences is neither a text nor a list of texts'],
    ['{"issuer":"a","claimsMatchingExpression":{}}', 'claimsMatchingExpression has no value'],
    [
      flexible("claims['sub'] startsWith 'a'"),
      `"claims['sub'] startsWith 'a'" is not eq or matches of a claim`,
    ],
    ['[{"issuer":"a"},7]', 'a member of the list is not an object'],
    ['{"StringLike":{"a.b:sub":"repo:$\\u007baws:PrincipalTag/x}"}}', 'a.b:sub has a variable of AWS'],
    ['assertion.repository=octocat/app', 'a condition of Google has == and its value in quotation marks'],
    ["attribute.repository=='a'", '"attribute.repository" is not mapped to a claim alone'],
    [
      "assertion.ref in ['a', b]",
      `"assertion.ref in ['a', b]" is not ==, !=, startsWith, endsWith or in of a claim`,
    ],
    ['{"oidc":7}', 'oidc is not an object'],
    ['{"Statement":[7]}', 'a Statement is not an object'],
    ['{"Statement":{"Effect":"No"}}', 'its Effect is neither Allow nor Deny'],
    ['{"Statement":{"Effect":"Deny"}}', 'no Statement allows sts:AssumeRoleWithWebIdentity'],
    ['{"Statement":{"Effect":"Allow","NotAction":"a"}}', 'it has the key NotAction'],
    [
      "(assertion.a=='b' && assertion.a=='c') == (assertion.a=='d')",
      `"assertion.a=='c') == (assertion.a=='d'" is not ==, !=, startsWith, endsWith or in of a claim`,
    ],
    ["!(assertion.a=='b')", `"!(assertion.a=='b')" is not ==, !=, startsWith, endsWith or in of a claim`],
    [`${'('.repeat(9000)}assertion.a=='b'${')'.repeat(9000)}`, 'its brackets are nested too deep'],
    [Array(30).fill("(assertion.a=='b' || assertion.c=='d')").join(' && '), 'it has too many alternatives'],
  ])('is not guessed at: %s', (text, problem) =>
    expect(() => readTrust(text, '--trust x')).toThrow(`--trust x cannot be compared: ${problem}.`),
  );

  const statement = (Effect: string, sub: string, more: object = {}) => ({
    ...{ Effect, Action: 'sts:AssumeRoleWithWebIdentity' },
    Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' },
    Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': sub } },
    ...more,
  });
  const policyOf = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const gitlab = 'arn:aws:iam::123456789012:oidc-provider/gitlab.example.com/x';
  const mine = statement('Allow', 'repo:octocat/*');
  it.each([
    ['one that passes is enough', policyOf(statement('Allow', 'repo:other/*'), mine), []],
    ['a Deny of others', policyOf(mine, statement('Deny', 'repo:other/*')), []],
    ['a Deny of another action', policyOf(mine, statement('Deny', '*', { Action: 'sts:TagSession' })), []],
    ['a Deny', policyOf(mine, statement('Deny', '*:ref:*')), ['(Effect: Deny)']],
    [
      'a Deny of all',
      policyOf(mine, { Effect: 'Deny', Principal: '*', Action: '*' }),
      ['A Statement without conditions denies it (Effect: Deny).'],
    ],
    [
      'the provider of the principal',
      policyOf({ ...mine, Principal: { Federated: gitlab } }),
      ['The claim iss is "https://token.actions.githubusercontent.com"'],
    ],
    [
      'the provider of the key',
      JSON.stringify({ StringLike: { 'gitlab.example.com:8443/x:sub': 'repo:*' } }),
      ['The claim iss is "https://token.actions.githubusercontent.com"'],
    ],
    [
      'the nearest of several',
      policyOf(
        { ...statement('Allow', 'b'), Principal: { Federated: gitlab } },
        statement('Allow', 'repo:a'),
      ),
      ['The claim sub is "repo:octocat/app:ref:refs/heads/main"'],
    ],
    ['a star of CEL', "assertion.ref.startsWith('refs/*')", ['The claim ref is "refs/heads/main": "*"']],
    ['a question mark of CEL', "assertion.ref.startsWith('ref?')", ['The claim ref is "refs/heads/main"']],
  ])('weighs statements and literals: %s', (_, text, details) => {
    const failed = judgeTrust(github, readTrust(text, '--trust x')).filter(
      ({ outcome }) => outcome === 'fail',
    );
    expect(failed.map(({ detail }) => detail)).toEqual(
      details.map((detail) => expect.stringContaining(detail)),
    );
    for (const check of failed)
      expect(check).toMatchObject({ expected: expect.any(String), received: expect.any(String) });
  });
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
