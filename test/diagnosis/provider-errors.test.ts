import { describe, expect, it } from 'vitest';
import { errorCandidates } from '../../src/diagnosis/diagnose.ts';
import { rank } from '../../src/diagnosis/diagnosis.ts';
import { providerCauses } from '../../src/diagnosis/provider-errors.ts';
import { gatherSituation } from '../../src/diagnosis/situation.ts';
import { providers } from '../../src/providers/find-provider.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { savedExchange } from '../../src/recording/recording.ts';

/** An address of a provider. */
const addressOf = ({ hosts: [host = ''] }: Provider) => `https://${host.replaceAll('*', 'x')}`;

const rows = providers.flatMap((provider) =>
  Object.entries(provider.errors ?? {}).flatMap(([source, meanings]) =>
    Object.entries(meanings).flatMap(([written, errors]) =>
      [errors].flat().map((error) => [written, { ...error, source, provider }] as const),
    ),
  ),
);

/** What is said of an answer to a request to `url`, which may be unknown, with parameters of the grant. */
function causes(
  text: string,
  { endpoint = 'token', url = '', grant = '', error = 'x' } = {} as {
    error?: string;
    endpoint?: 'token' | 'authorization';
    url?: string;
    grant?: string;
  },
) {
  const request = { method: 'POST', url, headers: [], body: `grant_type=${grant}&client_id=app` };
  const response = { status: 400, headers: [], body: text };
  const captured = url === '' ? [] : [savedExchange({ source: 'test', step: 'token', request, response })];
  const answer = { endpoint, error, description: null, status: 400, response };
  return providerCauses(gatherSituation(answer, sortConversation(captured), 'debug'));
}

const first = (text: string, endpoint: 'token' | 'authorization' = 'token') =>
  causes(text, { endpoint })[0]?.cause;

describe('the errors of providers', () => {
  it.each(rows)('%s has sentences and a source', (_, row) => {
    for (const text of [row.cause, row.try]) expect(text).toMatch(/^[A-Z/].*\.$/);
    expect(row.source).toMatch(/^[\w./:#-]+(?:[ :].*)?$/);
  });

  it.each(rows)('%s is found where its server writes it', (written, { provider, grant, code, shared }) => {
    for (const text of written.split('|')) {
      const body = `{"error":"x","error_description":"${text.replaceAll('…', 'abc')} y"}`;
      const asked = { ...(grant && { grant }), ...(code && { error: code }) };
      expect(causes(body, { ...asked, url: addressOf(provider) })[0]).toBeDefined();
      if (shared) expect(causes(body, asked)).toEqual([]);
    }
  });

  // As servers send them.
  it.each([
    [
      "AADSTS50011: The redirect URI 'x' specified in the request does not match",
      'The redirect URI is not registered for this client.',
    ],
    ['AADSTS7000215: Invalid client secret provided.', 'The client secret is wrong.'],
    ['AADSTS7000222: The provided client secret keys are expired.', 'The client secret has expired.'],
    [
      'AADSTS54005: OAuth2 Authorization code was already redeemed',
      'The code was redeemed before: each code works once.',
    ],
    [
      'AADSTS501481: The Code_Verifier does not match the code_challenge',
      'The code_verifier does not fit the code_challenge.',
    ],
    ['AADSTS65001: The user or administrator has not consented', 'Consent for this client is missing.'],
    ['AADSTS700016: Application with identifier', 'The server does not know this client in this tenant.'],
    [
      '{"errorCode":"E0000011","errorSummary":"Invalid token provided"}',
      'The token that was sent is invalid, expired or of another organisation.',
    ],
    ["Grant type 'password' not allowed for the client.", 'The client may not use this grant.'],
    [
      '{"error":"invalid_grant","error_description":"Code not valid"}',
      'The code has expired or was used before.',
    ],
    ['Invalid parameter: redirect_uri', 'The redirect URI is not registered for this client.'],
    ['Session not active', 'The refresh token has expired, its session has ended, or it was used before.'],
    ['Error 400: redirect_uri_mismatch', 'The redirect URI is not registered for this client.'],
    ['Malformed auth code.', 'The code was changed on its way: most often it is still percent-encoded.'],
    ['Token has been expired or revoked.', 'The refresh token has expired or was revoked.'],
    ['bad_verification_code', 'The code has expired or was used before.'],
    ['incorrect_client_credentials', 'The client_id or the client secret is wrong.'],
    ['redirect_mismatch', 'The redirect URI is not registered for this client.'],
    [
      'AADSTS500112: The reply address',
      'The redirect_uri of the token request is not that of the authorization request.',
    ],
    [
      'AADSTS70016: OAuth 2.0 device flow error. Authorization is pending.',
      'The person has not finished yet.',
    ],
    ['AADSTS90072: User account', 'The account is of another organisation and is not a guest of this one.'],
    ['AADSTS530032: Access has been blocked', 'A conditional access or risk policy blocks the sign-in.'],
    ['{"errorCode":"E0000003","errorSummary":"x"}', 'The body of the request is malformed.'],
    ['{"errorCode":"E0000119"}', 'The account is locked.'],
    ['Cannot supply multiple client credentials.', 'The client authenticates in two ways at once.'],
    [
      'Service not enabled within domain: https://api.example',
      'The audience is not an API that is enabled for this tenant.',
    ],
    [
      'Client "abc" is not authorized to access resource server "https://api.example".',
      'The client has no grant for this API.',
    ],
    ['{"error":"mfa_required"}', 'A second factor is needed.'],
    [
      'error=invalid_request&error_description=parameter organization is required for this client',
      'The application signs in members of organizations only, and the request does not name an organization.',
    ],
    [
      'Account is not fully set up',
      'The account has something to do first: a password to change, an address to verify, terms to accept.',
    ],
    [
      'authentication_expired',
      'The login page was open for too long, or the browser kept the cookie of another login.',
    ],
    [
      'reauth related error (invalid_rapt)',
      'The organisation wants the person to prove their identity again.',
    ],
    ['bad_refresh_token', 'The refresh token has expired or was used before.'],
    ['device_flow_disabled', 'The device flow is not enabled for this application.'],
    ['no client credentials user enabled', 'The application has no user to run as.'],
    [
      '[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]',
      'The access token has expired, was revoked, or is of another organisation.',
    ],
    ['expired access/refresh token', 'The refresh token has expired or was revoked.'],
  ])('reads %s', (text, cause) => {
    expect(first(text)).toBe(cause);
  });

  it.each([
    '',
    'AADSTS',
    'AADSTS999999: something',
    'E00000',
    'invalid_grant',
    'not a bad_verification_codes list',
  ])('says nothing of %j', (text) => {
    expect(first(text)).toBeUndefined();
  });

  it('does not take the words behind a code for what another server says', () => {
    const text = 'AADSTS7000215: Invalid client secret provided';
    expect(causes(text)).toHaveLength(1);
  });

  const dex = 'https://dex.example/dex/token';
  const salesforce = 'https://login.salesforce.com/services/oauth2/token';

  it.each([
    ['Invalid client credentials.', dex, false],
    ['Invalid client credentials.', salesforce, true],
    ['Invalid client credentials.', '', false],
    ['AADSTS7000215: Invalid client secret provided.', dex, true],
    ['AADSTS7000215: Invalid client secret provided.', salesforce, true],
    ['Account is not fully set up', 'https://as.example/oauth2/token', true],
    ['Account is not fully set up', dex, false],
    ['Account is not fully set up', salesforce, false],
  ])('reads %j from %j: %s', (text, url, isRead) => {
    expect(causes(text, { url }).length > 0).toBe(isRead);
  });

  it.each([
    ['Service not found: https://api.example', 'https://x.auth0.com/oauth/token', /audience is not an API/],
    [
      'Invalid Refresh Token',
      'https://x.auth.eu-west-1.amazoncognito.com/oauth2/token',
      /another app client/,
    ],
    ['Invalid refresh token', 'https://id.example/realms/main/token', /issued elsewhere/],
    ['client_secret is missing.', 'https://oauth2.googleapis.com/token', /registered with a secret/],
  ])('reads %j from its server', (text, url, cause) => {
    const grant = /refresh/i.test(text) ? 'refresh_token' : 'authorization_code';
    expect(causes(text, { url, grant })[0]?.cause).toMatch(cause);
    expect(causes(text, { grant })).toEqual([]);
  });

  it.each([
    ['invalid_client', /no client of this client_id/],
    ['unauthorized_client', /has to authenticate/],
  ])('reads a text beside %s by that code', (error, cause) => {
    const url = 'https://id.example/realms/main/token';
    const found = causes('Invalid client or Invalid client credentials', { url, error });
    expect(found[0]?.cause).toMatch(cause);
  });

  it.each([
    ['refresh_token', true],
    ['urn:ietf:params:oauth:grant-type:jwt-bearer', false],
    ['authorization_code', false],
  ])('reads a text about refresh tokens with the grant %s: %s', (grant, isRead) => {
    const found = causes('Token is not active', { url: 'https://id.example/realms/main/token', grant });
    expect(found.length > 0).toBe(isRead);
  });

  it.each([
    ['Client not enabled to retrieve service account', 1],
    ['AADSTS65001: The user or administrator has not consented to use the application with ID 1.', 1],
    ['Policy evaluation failed for this request', 1],
    ['Offline session not active', 1],
    ['AADSTS65001: Not consented. The client must use client_secret_basic.', 2],
  ])('says once what %j means', (description, count) => {
    const conversation = sortConversation([]);
    const answer = { endpoint: 'token', error: 'invalid_grant', description, status: 400 } as const;
    const found = rank(errorCandidates(gatherSituation(answer, conversation, 'debug')), 'debug').diagnosis;
    expect(found.filter(({ confidence }) => confidence !== 'low')).toHaveLength(count);
  });

  it('names no server by its host', () => {
    for (const [written] of rows)
      expect(written).not.toMatch(/\.com|okta|auth0|keycloak|cognito|google|github|salesforce|microsoft/i);
  });
});
