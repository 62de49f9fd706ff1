import { describe, expect, it } from 'vitest';
import { type CheckResult, checkResult } from '../../src/checks/check-result.ts';
import { diagnoseChecks } from '../../src/diagnosis/check-evidence.ts';
import type { Diagnosed } from '../../src/diagnosis/diagnosis.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import type { RecordedEvent } from '../../src/recording/recording.ts';
import {
  api,
  assertion,
  authorize,
  basic,
  came,
  challenge,
  client,
  error,
  grant,
  jwt,
  metadata,
  now,
  refreshed,
  seconds,
  seen,
  server,
  token,
  tokens,
  uri,
  verifier,
} from './saved-messages.ts';

function checked(checks: readonly CheckResult[], jwksUri?: string): Diagnosed {
  const { metadata: known } = sortConversation([metadata(jwksUri ? { jwks_uri: jwksUri } : {})]);
  const keySet = { url: `${server}/jwks`, keyIds: ['k1'] };
  return diagnoseChecks(checks, { conversation: { messages: [], metadata: known, keySet }, given: {} });
}

const later = (ms: number, event: RecordedEvent): RecordedEvent =>
  ({
    ...event,
    [event.type === 'exchange' ? 'started_at' : 'received_at']: new Date(now.getTime() + ms).toISOString(),
  }) as RecordedEvent;

const code = came('code=abc&state=s1');
const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
const redeemed = (first: Record<string, string>, second: Record<string, string> = {}) =>
  seen(authorize(first), code, token(second, grant));
const askedIn = (ms: number) => seen(authorize(), later(0, code), later(ms, token({}, grant)));
const secret = (pair: string) => seen(token({}, client, { headers: [basic(pair)], status: 401 }));
const posted = (members?: object) =>
  seen(...(members ? [metadata(members)] : []), token({ client_secret: 's' }, client, { status: 401 }));
const methods = (...names: string[]) => ({ token_endpoint_auth_methods_supported: names });
const asserted = (claims: object, members?: object, parameters = {}) =>
  seen(...(members ? [metadata(members)] : []), assertion(claims, parameters));
const scope = (members?: object) =>
  seen(
    ...(members ? [metadata(members)] : []),
    authorize({ scope: 'openid mail' }),
    code,
    token({}, error('invalid_scope')),
  );
const refused = (first: Record<string, string>) =>
  seen(authorize(first), came('error=invalid_request&state=s1'));
const silent = (prompt: string) => seen(authorize({ prompt }), came('error=login_required&state=s1'));
const modes = (...listed: string[]) =>
  seen(
    metadata(listed.length > 0 ? { response_modes_supported: listed } : {}),
    authorize({ response_mode: 'form_post' }),
    came('error=unsupported_response_mode&state=s1'),
  );
const bearer = (claims: object, header = {}) =>
  seen(api(`Bearer ${jwt(claims, header)}`, 'Bearer error="invalid_token"'));
const lacks = (asked: string, needed: string) =>
  seen(
    authorize({ scope: asked }),
    api('Bearer abc', `Bearer error="insufficient_scope", scope="${needed}"`, 403),
  );
const late = checkResult('id-token-exp', 'fail', 'It has expired.');
const skew = (outcome: 'pass' | 'skipped') => checkResult('clock-skew', outcome, 'Both clocks agree.');
const forged = checkResult('id-token-signature', 'fail', 'It does not verify.');
const key = checkResult('id-token-key', 'pass', 'Tried one.', { expected: 'k1' });

/**
 * By the cause: what rules it out, and with which words; the same with another value, which makes it a cause (null
 * where no recording can); without the value, when nothing is known of it.
 */
const rows: Readonly<
  Record<string, readonly [() => Diagnosed, evidence: string, (() => Diagnosed) | null, () => Diagnosed]>
> = {
  'The code that was redeemed is not the code that came back.': [
    () => redeemed({}),
    'The callback brought the same code, of 3 characters.',
    () => redeemed({}, { code: 'abcd' }),
    () => seen(token({}, grant)),
  ],
  'The code had expired when it was redeemed.': [
    () => askedIn(300),
    'It was redeemed 300 ms after it came.',
    () => askedIn(45_000),
    () => redeemed({}),
  ],
  'The redirect_uri differs from that of the authorization request.': [
    () => redeemed({}),
    `Both requests have ${uri}.`,
    () => seen(token({}, grant)),
    () => redeemed({ redirect_uri: '[redacted]' }, { redirect_uri: '[redacted]' }),
  ],
  'The code_verifier does not fit the code_challenge.': [
    () => redeemed(pkce, { code_verifier: verifier }),
    `The SHA-256 of the code_verifier that was sent is the code_challenge of the authorization request, ${challenge}.`,
    () => redeemed(pkce, { code_verifier: 'w'.repeat(43) }),
    () => redeemed({}),
  ],
  'The code belongs to another client.': [
    () => redeemed({}),
    'Both requests have client_id app.',
    () => seen(token({}, grant)),
    () => redeemed({ client_id: '[redacted]' }, { client_id: '[redacted]' }),
  ],
  'The refresh token was used before and has been replaced.': [
    () => seen(refreshed({ ...tokens({}), refresh_token: 'r2' }, 200), refreshed(grant, 400, 'r2')),
    'It is that of the newest answer (test), and no earlier request used it.',
    () => seen(refreshed({ ...tokens({}), refresh_token: 'r2' }, 200), refreshed(grant)),
    () => seen(refreshed(grant)),
  ],
  'The client secret is empty, a placeholder, or has quotes or white space around it.': [
    () => secret('app:s3cret'),
    'The secret that was sent is none of these.',
    null,
    () => secret('app:[redacted]'),
  ],
  'The server does not take the client authentication that was used.': [
    () => posted(methods('client_secret_post')),
    'Its metadata lists client_secret_post.',
    null,
    () => posted(),
  ],
  'The server does not know this client.': [
    () => seen(authorize(), code, token({ client_secret: 's' }, client, { status: 401 })),
    'The authorization endpoint took client_id app and sent a code.',
    () => posted(),
    () =>
      seen(authorize({ client_id: 'other' }), code, token({ client_secret: 's' }, client, { status: 401 })),
  ],
  'The client assertion had expired when it came.': [
    () => asserted({}),
    'By the Date of the answer it was valid for 1 min more.',
    () => asserted({ exp: seconds - 60 }),
    () => asserted({ exp: undefined }),
  ],
  'The clock that wrote the client assertion is wrong.': [
    () => asserted({ iat: seconds - 2 }),
    'Its iat and the Date of the answer are 2 s apart.',
    () => asserted({ iat: seconds + 60 }),
    () => asserted({ iat: seconds - 60 }),
  ],
  'The client assertion is for another server.': [
    () => asserted({}, {}),
    `Its aud has ${server}, which is the issuer or the token endpoint.`,
    null,
    () => asserted({}),
  ],
  'The client assertion is of another client than client_id names.': [
    () => asserted({}),
    'iss, sub and client_id are app.',
    () => asserted({}, undefined, { client_id: 'other' }),
    () => asserted({}, undefined, { client_id: '' }),
  ],
  'The client assertion is signed with an algorithm that the server does not list.': [
    () => asserted({}, { token_endpoint_auth_signing_alg_values_supported: ['ES256'] }),
    'Its metadata lists ES256.',
    () => asserted({}, { token_endpoint_auth_signing_alg_values_supported: ['RS256'] }),
    () => asserted({}, {}),
  ],
  'A scope is not listed by the server.': [
    () => scope({ scopes_supported: ['openid', 'mail'] }),
    'scopes_supported has openid mail.',
    null,
    () => scope({}),
  ],
  'grant_type is missing from the token request.': [
    () => seen(token({}, error('unsupported_grant_type'))),
    'grant_type is authorization_code.',
    () => seen(token({ grant_type: '' }, error('unsupported_grant_type'))),
    () => seen(token({}, error('invalid_client'))),
  ],
  'The token request is JSON, or multipart/form-data.': [
    () => seen(token({}, error('invalid_request'))),
    'Its body is name=value pairs, and its Content-Type application/x-www-form-urlencoded.',
    null,
    () => seen(token({}, error('invalid_request'), { type: 'text/plain' })),
  ],
  'The token request has no redirect_uri.': [
    () => seen(token({}, error('invalid_request', 'Missing parameter: redirect_uri'))),
    'It has redirect_uri.',
    null,
    () => seen(token({ redirect_uri: '' }, error('invalid_request', 'Missing parameter: redirect_uri'))),
  ],
  'The request is without PKCE.': [
    () => refused(pkce),
    'code_challenge_method is S256, and there is a code_challenge.',
    null,
    () => refused({}),
  ],
  'The request forbids pages by prompt=none.': [
    () => silent('login'),
    'prompt is login.',
    null,
    () => silent(''),
  ],
  'The server does not have this response mode.': [
    () => modes('query', 'form_post'),
    'Its metadata lists form_post.',
    () => modes('query', 'fragment'),
    () => modes(),
  ],
  'The access token has expired.': [
    () => bearer({ exp: seconds + 60 }),
    'Its exp is 2026-01-01 00:01:00 UTC (in 1 min), by the Date of the answer.',
    () => bearer({ exp: seconds - 60 }),
    () => bearer({}),
  ],
  'An ID token was sent instead of the access token.': [
    () => bearer({}, { typ: 'at+jwt' }),
    'Its typ is at+jwt, that of an access token.',
    () => bearer({ nonce: 'n' }),
    () => seen(api(`Bearer ${jwt({}, { typ: 'at+jwt' })}`, 'Bearer error="insufficient_scope"', 403)),
  ],
  'The access token is from another issuer.': [
    () =>
      seen(
        metadata(),
        api(`Bearer ${jwt({ iss: server })}`, 'Bearer error="invalid_token"', 401, 'userinfo'),
      ),
    `Its iss is ${server}, the issuer of the metadata.`,
    null,
    () => bearer({ iss: server }),
  ],
  'The access token is for another API.': [
    () => bearer({ aud: [server] }),
    `Its aud names the URL that was asked, ${server}.`,
    null,
    () => bearer({ aud: `${server}/user` }),
  ],
  'The login did not ask for the scope.': [
    () => lacks('openid mail files', 'files mail'),
    'It asked for openid mail files.',
    null,
    () => lacks('openid mail', 'files mail'),
  ],
  'The clock of this machine is wrong.': [
    () => checked([late, skew('pass')]),
    'Both clocks agree. The Date of the answer says so.',
    null,
    () => checked([late, skew('skipped')]),
  ],
  'The key that signed the ID token is not among those the server publishes.': [
    () => checked([forged, key]),
    'A key of the key set has its kid, k1.',
    () => checked([checkResult('id-token-key', 'fail', 'None fits.', { received: 'k9' })]),
    () => checked([forged]),
  ],
  'The keys were not fetched where the server publishes them.': [
    () => checked([forged], `${server}/jwks`),
    `They are from ${server}/jwks, the jwks_uri of the metadata.`,
    () => checked([checkResult('id-token-key', 'fail', 'None fits.')], `${server}/keys`),
    () => checked([forged]),
  ],
};

const table = Object.entries(rows).map(([cause, [excluded, evidence, found, unknown]]) => ({
  cause,
  ...{ excluded, evidence, found, unknown },
}));

const causesOf = ({ diagnosis }: Diagnosed) => diagnosis.map((one) => one.cause);
const excludedBy = ({ ruled_out }: Diagnosed) => ruled_out.map((one) => one.cause);

describe('a cause that the evidence excludes', () => {
  it.each(table)('is ruled out: $cause', ({ cause, evidence, excluded }) => {
    const diagnosed = excluded();
    expect(diagnosed.ruled_out).toContainEqual({ cause, evidence });
    expect(causesOf(diagnosed)).not.toContain(cause);
  });

  it.each(table.filter(({ found }) => found))('is a cause where the value contradicts: $cause', (row) => {
    const diagnosed = row.found?.() ?? seen();
    expect(causesOf(diagnosed)).toContain(row.cause);
    expect(excludedBy(diagnosed)).not.toContain(row.cause);
  });

  it.each(table)('is not ruled out by what was not recorded: $cause', ({ cause, unknown }) => {
    expect(excludedBy(unknown())).not.toContain(cause);
  });
});

describe('what is ruled out', () => {
  it('belongs to the error', () => {
    for (const name of ['access_denied', 'server_error', 'invalid_target', 'unauthorized_client'])
      expect(seen(authorize(pkce), code, token({ code_verifier: verifier }, error(name))).ruled_out).toEqual(
        [],
      );
  });

  it('is nothing where tokens came', () => {
    expect(seen(authorize(), code, token({}, tokens({}), { status: 200 })).ruled_out).toEqual([]);
  });

  it('is of the parts of a DPoP proof that are in order', () => {
    const proof = jwt({ jti: 'a', htm: 'POST', htu: `${server}/token`, iat: seconds }, { typ: 'dpop+jwt' });
    const diagnosed = seen(token({}, error('invalid_dpop_proof'), { headers: [['DPoP', proof]] }));
    expect(diagnosed.ruled_out).toEqual([
      {
        cause: 'The DPoP proof is refused for its claims.',
        evidence: 'jti, htm, htu and iat are there.',
      },
      {
        cause: 'The DPoP proof is refused for its request.',
        evidence: 'htm, htu and iat are those of the request.',
      },
    ]);
  });
});
