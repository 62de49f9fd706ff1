import { describe, expect, it } from 'vitest';
import { diagnoseError } from '../../src/diagnosis/diagnose.ts';
import { namedAsMissing } from '../../src/diagnosis/missing-parameter.ts';
import { gatherSituation } from '../../src/diagnosis/situation.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { type RecordedEvent, savedExchange } from '../../src/recording/recording.ts';

describe('the parameters that a description says were not sent', () => {
  it.each<[string, readonly string[]]>([
    ["missing required parameter 'redirect_uri'", ['redirect_uri']],
    ['missing required parameter(s) response_type, client_id', ['response_type', 'client_id']],
    ['Missing parameters: code_verifier', ['code_verifier']],
    ['Missing form parameter: grant_type', ['grant_type']],
    ['The request is missing a required parameter: scope.', ['scope']],
    ['client_id is required', ['client_id']],
    ['The code parameter is required.', ['code']],
    ['Parameter "code" was not provided', ['code']],
    ['"redirect_uri" must be present', ['redirect_uri']],
    ['PKCE code verifier not specified', ['code_verifier']],
    ['Redirect URI is missing', ['redirect_uri']],
    ['A required parameter is missing: refresh_token', ['refresh_token']],
    ['No client_id in the request', ['client_id']],
    ['The request must contain the following parameter: scope', ['scope']],
    ['redirect_uri is required to match the registered one', []],
    ['redirect_uri did not match', []],
    ['The redirect_uri provided is not registered', []],
    ['invalid code', []],
    ['The code has expired', []],
    ['no matching state', []],
    ['The required scope was not granted to client_id app', []],
    ['missing required resource permission', []],
    ['no state change is allowed', []],
    ['', []],
  ])('%j: %j', (description, expected) => {
    expect([...namedAsMissing(description)].sort()).toEqual([...expected].sort());
  });
});

const tokenExchange = (body: string): RecordedEvent =>
  savedExchange({
    source: 'test',
    step: 'token',
    request: { method: 'POST', url: 'https://as.example/token', headers: [], body },
    response: { status: 400, headers: [], body: '{"error":"invalid_request"}' },
  });
const authorization = (query: string): RecordedEvent => ({
  type: 'authorization_request',
  source: 'test',
  at_ms: 0,
  url: `https://as.example/authorize?${query}`,
  redirect_uri: '',
});

function diagnose(
  endpoint: 'token' | 'authorization',
  description: string,
  captured: readonly RecordedEvent[],
  {
    error = 'invalid_request',
    given = {},
  }: { error?: string; given?: Readonly<Record<string, string>> } = {},
) {
  const answer = { endpoint, error, description, status: 400 };
  const voice = Object.keys(given).length === 0 ? 'debug' : 'login';
  return diagnoseError(
    gatherSituation(
      answer,
      { ...sortConversation(captured), advertisedAuthMethods: undefined },
      voice,
      undefined,
      given,
    ),
  ).diagnosis;
}

const grant = 'grant_type=authorization_code&code=abc&client_id=app';

describe('a parameter that the server says it misses', () => {
  it.each([
    ['token', tokenExchange(grant), "missing required parameter 'redirect_uri'", 'redirect_uri'],
    [
      'token',
      tokenExchange(`${grant}&redirect_uri=`),
      "missing required parameter 'redirect_uri'",
      'redirect_uri',
    ],
    ['token', tokenExchange(grant), 'Missing parameters: code_verifier', 'code_verifier'],
    ['authorization', authorization('response_type=code'), 'client_id is required', 'client_id'],
  ] as const)(
    'is the certain cause where the %s request has none',
    (endpoint, captured, description, name) => {
      const found = diagnose(endpoint, description, [captured]);
      expect(found).toEqual([
        expect.objectContaining({
          cause: `The ${endpoint} request has no ${name}, the server says.`,
          why: expect.stringContaining(description.replaceAll('"', '\\"')),
          confidence: 'high',
        }),
      ]);
      expect(found[0]).not.toHaveProperty('proven');
    },
  );

  it.each(['token', 'authorization'] as const)(
    'is the first likely cause where no %s request is known',
    (endpoint) => {
      const [first, ...others] = diagnose(endpoint, 'Missing parameters: redirect_uri', []);
      expect(first).toMatchObject({
        cause: `The ${endpoint} request has no redirect_uri, the server says.`,
        confidence: 'medium',
      });
      expect(others.length).toBeGreaterThan(0);
    },
  );

  it.each([
    ['token', tokenExchange(`${grant}&redirect_uri=https%3A%2F%2Fapp.example`), 'redirect_uri is required'],
    ['authorization', authorization('client_id=app&response_type=code'), 'client_id is required'],
  ] as const)('is not a cause where the %s request has it', (endpoint, captured, description) => {
    for (const { cause } of diagnose(endpoint, description, [captured])) {
      expect(cause).not.toContain('the server says');
    }
  });

  it('is only likely where the parameters are in a request object', () => {
    const [first] = diagnose('authorization', 'missing scope', [authorization('client_id=app&request=ey')]);
    expect(first).toMatchObject({ confidence: 'medium', cause: expect.stringContaining('scope') });
  });

  it('counts with another error only where the request is known to lack it', () => {
    const refused = { error: 'invalid_grant' };
    expect(diagnose('token', 'redirect_uri is missing', [tokenExchange(grant)], refused)).toEqual([
      expect.objectContaining({ cause: 'The token request has no redirect_uri, the server says.' }),
    ]);
    for (const { cause } of diagnose('token', 'redirect_uri is missing', [], refused))
      expect(cause).not.toContain('the server says');
  });

  it('is told once where the messages prove it', () => {
    expect(diagnose('token', 'code is required', [tokenExchange('grant_type=authorization_code')])).toEqual([
      expect.objectContaining({ cause: 'The code is missing from the token request.', proven: true }),
    ]);
  });

  it('names the option that took it out', () => {
    const [first] = diagnose('token', 'redirect_uri is missing', [tokenExchange(grant)], {
      given: { 'token-param redirect_uri': '--token-param' },
    });
    expect(first?.try).toBe('Take redirect_uri out of --token-param.');
  });
});
