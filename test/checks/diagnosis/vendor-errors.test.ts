import { describe, expect, it } from 'vitest';
import { vendorCauses } from '../../../src/checks/diagnosis/vendor-error.ts';
import { vendorErrors } from '../../../src/checks/diagnosis/vendor-errors.ts';

const first = (text: string, endpoint: 'token' | 'authorization' = 'token') =>
  vendorCauses({ text, endpoint }, vendorErrors)[0]?.cause;

describe('vendorErrors', () => {
  it.each(vendorErrors.map((row) => [String(row.pattern), row] as const))(
    '%s has sentences and a source',
    (_, row) => {
      for (const text of [row.cause, row.try]) expect(text).toMatch(/^[A-Z/].*\.$/);
      expect(row.source).toMatch(/^[\w./:#-]+(?:[ :].*)?$/);
    },
  );

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
    [
      'AADSTS65001: The user or administrator has not consented',
      'Nobody has consented to what the client asks for.',
    ],
    ['AADSTS700016: Application with identifier', 'The server does not know this client in this tenant.'],
    [
      '{"errorCode":"E0000011","errorSummary":"Invalid token provided"}',
      'The token that was sent is invalid, expired or of another organisation.',
    ],
    ["Grant type 'password' not allowed for the client.", 'The client may not use this grant.'],
    ['Service not found: https://api.example', 'The audience names no API of this tenant.'],
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
    const causes = vendorCauses(
      { text: 'AADSTS7000215: Invalid client secret provided', endpoint: 'token' },
      vendorErrors,
    );
    expect(causes).toHaveLength(1);
  });

  it('names no server by its host', () => {
    for (const { pattern } of vendorErrors)
      expect(pattern.source).not.toMatch(
        /\.com|okta|auth0|keycloak|cognito|google|github|salesforce|microsoft/i,
      );
  });
});
