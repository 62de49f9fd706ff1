import { cibaType, deviceCodeType, exchangeType, jwtBearerType } from '../protocol/grant-types.ts';
import type { Parameters } from '../protocol/parameters.ts';
import { accessParameters, type Grant, type GrantAccess, passwordType } from './grant.ts';

/** The grant of a person who logs in (RFC 6749 §4.1). */
export const loginGrant: Grant = { type: 'authorization_code' };

/** The grant that gets new tokens for a refresh token (RFC 6749 §6). */
export const refreshType = 'refresh_token';

/** Every grant that --grant-type can name; the first counts where none is named. */
export const grants: readonly Grant[] = [
  loginGrant,
  // The client acts for itself (RFC 6749 §4.4.2).
  { type: 'client_credentials', isRepeatable: true, isOfClient: true },
  { type: exchangeType, isRepeatable: true },
  { type: jwtBearerType, isRepeatable: true },
  { type: passwordType, isRepeatable: true },
];

/** A grant by its type; undefined for one that this version does not know. */
export function grantOf(type: string | undefined): Grant | undefined {
  return grants.find((grant) => grant.type === type);
}

/** Whether a token of this grant can be had without a person, and again whenever it is needed. */
export function isRepeatable(type: string | undefined): boolean {
  return grantOf(type)?.isRepeatable === true;
}

/** The parameters that redeem an authorization code (RFC 6749 §4.1.3, RFC 7636 §4.5). */
export function authorizationCodeGrant(grant: {
  readonly code: string;
  readonly redirectUri?: string | undefined;
  readonly codeVerifier?: string | undefined;
  readonly resources: readonly string[];
}): Parameters {
  return [
    ['grant_type', loginGrant.type],
    ['code', grant.code],
    ...(grant.redirectUri === undefined ? [] : [['redirect_uri', grant.redirectUri] as const]),
    ...(grant.codeVerifier === undefined ? [] : [['code_verifier', grant.codeVerifier] as const]),
    ...grant.resources.map((resource) => ['resource', resource] as const),
  ];
}

/** The parameters that ask whether the user of a device has decided (RFC 8628 §3.4). */
export function deviceCodeGrant(deviceCode: string): Parameters {
  return [
    ['grant_type', deviceCodeType],
    ['device_code', deviceCode],
  ];
}

/** The parameters that ask whether a user who was asked by the server has decided (CIBA Core §10.1). */
export function cibaGrant(authReqId: string): Parameters {
  return [
    ['grant_type', cibaType],
    ['auth_req_id', authReqId],
  ];
}

/** The parameters that get new tokens for a refresh token; scope and resources only to ask for less (RFC 6749 §6). */
export function refreshTokenGrant(
  refreshToken: string,
  access: Pick<GrantAccess, 'scope' | 'resource'>,
): Parameters {
  return [
    ['grant_type', refreshType],
    ['refresh_token', refreshToken],
    ...accessParameters({ ...access, audience: null }),
  ];
}
