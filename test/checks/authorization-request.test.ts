import { describe, expect, it } from 'vitest';
import { findAuthorizationRequestProblems } from '../../src/checks/authorization-request.ts';
import { readSentAuthorizationRequest } from '../../src/recording/sent-request.ts';

const sound: Readonly<Record<string, string>> = {
  response_type: 'code',
  client_id: 'app',
  redirect_uri: 'https://app.example/cb',
  scope: 'openid profile',
  state: 'st4te',
  nonce: 'n0nce',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

function problems(
  change: Readonly<Record<string, string | undefined>> = {},
  { endpoint = 'https://as.example/authorize', suffix = '' } = {},
) {
  const parameters = Object.entries({ ...sound, ...change }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const url = `${endpoint}?${new URLSearchParams(parameters)}${suffix}`;
  return findAuthorizationRequestProblems(readSentAuthorizationRequest(url));
}

describe('findAuthorizationRequestProblems', () => {
  it('finds nothing in a sound request', () => {
    expect(problems()).toEqual([]);
  });

  it.each<[Record<string, string | undefined>, readonly string[]]>([
    [{ response_type: undefined }, ['response-type-missing']],
    [{ response_type: 'ticket' }, ['response-type-unknown']],
    [{ response_type: 'token' }, ['response-type-token']],
    [{ response_type: 'id_token', nonce: undefined }, ['nonce-not-sent']],
    [{ response_type: 'code id_token', response_mode: 'query' }, ['response-mode-unsafe']],
    [{ client_id: undefined }, ['client-id-missing']],
    [{ client_secret: 's3cret' }, ['client-secret-in-url']],
    [{ redirect_uri: undefined }, ['redirect-uri-missing']],
    [{ redirect_uri: '/cb' }, ['redirect-uri-relative']],
    [{ redirect_uri: 'https://app.example/cb#x' }, ['redirect-uri-fragment']],
    [{ redirect_uri: 'http://app.example/cb' }, ['redirect-uri-insecure']],
    [{ redirect_uri: 'http://127.0.0.1:1/cb' }, []],
    [{ redirect_uri: 'http://[::1]/cb' }, []],
    [{ redirect_uri: 'http://localhost/cb' }, ['redirect-uri-localhost']],
    [{ redirect_uri: 'com.example.app:/cb' }, []],
    [{ redirect_uri: 'https%3A%2F%2Fapp.example%2Fcb' }, ['redirect-uri-encoded-twice']],
    [{ state: undefined }, ['state-not-sent']],
    [{ code_challenge: undefined, code_challenge_method: undefined }, ['pkce-not-sent']],
    [{ code_challenge_method: 'plain' }, ['pkce-plain']],
    [{ code_challenge_method: undefined }, ['pkce-plain']],
    [{ code_challenge_method: 'sha256' }, ['code-challenge-invalid']],
    [{ code_challenge: 'short' }, ['code-challenge-invalid']],
    [{ code_challenge: `${'x'.repeat(43)}=` }, ['code-challenge-invalid']],
    [{ code_challenge: 'x'.repeat(44) }, ['code-challenge-invalid']],
    [{ scope: 'profile' }, ['openid-not-requested']],
    [{ scope: 'api', nonce: undefined }, []],
    [{ scope: 'openid,profile' }, ['scope-separator']],
    [{ prompt: 'none login' }, ['request-parameter-invalid']],
    [{ prompt: 'login consent' }, []],
    [{ prompt: 'create' }, []],
    [{ prompt: 'foo' }, ['request-value-unregistered']],
    [{ prompt: 'none foo' }, ['request-parameter-invalid', 'request-value-unregistered']],
    [{ prompt: 'Login' }, ['request-value-unregistered']],
    [{ display: 'popup' }, []],
    [{ display: 'zz' }, ['request-value-unregistered']],
    [{ response_mode: 'form_post.jwt' }, []],
    [{ response_mode: 'zz' }, ['request-value-unregistered']],
    [{ code_challenge_method: 'S512' }, ['code-challenge-invalid']],
    [
      { code_challenge: undefined, code_challenge_method: 'S512' },
      ['pkce-not-sent', 'code-challenge-invalid'],
    ],
    [{ max_age: 'soon' }, ['request-parameter-invalid']],
    [{ claims: '{' }, ['request-parameter-invalid']],
    [{ resource: 'api' }, ['request-parameter-invalid']],
    [{ login_hint: '' }, ['request-parameter-empty']],
    [
      {
        request_uri: 'urn:x',
        response_type: undefined,
        redirect_uri: undefined,
        scope: undefined,
        state: undefined,
        nonce: undefined,
        code_challenge: undefined,
        code_challenge_method: undefined,
      },
      [],
    ],
  ])('of a request changed by %j finds %j', (change, ids) => {
    expect(problems(change).map(({ id }) => id)).toEqual(ids);
  });

  it('notes a value that no specification defines, with those that are defined', () => {
    expect(problems({ prompt: 'login foo' })).toEqual([
      {
        id: 'request-value-unregistered',
        severity: 'note',
        title: 'Unregistered value',
        detail:
          'prompt is "foo", which no specification defines; a server that does not know it refuses or ignores it. Defined are none, login, consent, select_account, create.',
        spec: 'OIDC Core §3.1.2.1; OAuth Multiple Response Types §2.1',
        evidence: 'prompt="foo"',
      },
    ]);
  });

  it.each([
    ['http://as.example/authorize', '', ['request-url-insecure']],
    ['http://127.0.0.1:9400/auth', '', []],
    ['http://idp.localhost/auth', '', []],
    ['http://localhost.example/auth', '', ['request-url-insecure']],
    ['https://as.example/authorize', '#x', ['request-url-fragment']],
    ['https://as.example/authorize', '&scope=openid', ['request-parameter-repeated']],
    ['https://as.example/authorize', '&resource=https://a.example/&resource=https://b.example/', []],
  ])('of %s with %s behind it finds %j', (endpoint, suffix, ids) => {
    expect(problems({}, { endpoint, suffix }).map(({ id }) => id)).toEqual(ids);
  });

  it('shows no secret', () => {
    const found = problems({
      client_secret: 'topsecretvalue',
      redirect_uri: 'http://a.example/?code=topsecretvalue',
    });
    expect(JSON.stringify(found)).not.toContain('topsecretvalue');
  });
});
