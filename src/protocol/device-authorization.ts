import type { HttpResponse } from '../http-message.ts';
import type { JsonObject, JsonValue } from '../json/json.ts';
import { type ErrorMembers, readErrorMembers } from './error-members.ts';
import { type BodyReading, readResponseBody, topLevelObject } from './response-body.ts';

/** The answer of the device authorization endpoint; nothing is verified (RFC 8628 §3.2). */
export type DeviceResponseReading = { readonly response: HttpResponse; readonly body: BodyReading } & (
  | { readonly type: 'device'; readonly members: JsonObject; readonly code: DeviceCode | undefined }
  | ({ readonly type: 'error' } & ErrorMembers)
);

/** What a user needs to sign in elsewhere, and the client to wait for it. */
export interface DeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  /** The same with the code in it. */
  readonly completeUri: string | undefined;
  /** Undefined where the server does not say it, although it has to. */
  readonly expiresInSeconds: number | undefined;
  readonly intervalSeconds: number;
}

/** Seconds between two polls where the server does not say (RFC 8628 §3.2, CIBA Core §7.3). */
export const defaultIntervalSeconds = 5;

/** Reads what the server answered to a device authorization request (RFC 8628 §3.2). */
export function readDeviceResponse(response: HttpResponse): DeviceResponseReading {
  const body = readResponseBody(response.body);
  const members = topLevelObject(body);
  if (members === undefined || response.status >= 400 || !Object.hasOwn(members, 'device_code'))
    return { type: 'error', response, body, ...readErrorMembers(body) };
  return { type: 'device', response, body, members, code: readCode(members) };
}

function readCode(members: JsonObject): DeviceCode | undefined {
  const { device_code, user_code, interval, expires_in, verification_uri_complete } = members;
  const verificationUri = verificationUriOf(members);
  if (typeof device_code !== 'string' || typeof user_code !== 'string' || typeof verificationUri !== 'string')
    return undefined;
  return {
    deviceCode: device_code,
    userCode: user_code,
    verificationUri,
    completeUri: typeof verification_uri_complete === 'string' ? verification_uri_complete : undefined,
    expiresInSeconds: positiveNumber(expires_in),
    intervalSeconds: positiveNumber(interval) ?? defaultIntervalSeconds,
  };
}

/** `verification_url` is the name that a draft had, and Google still uses. */
export function verificationUriOf(members: JsonObject): JsonValue | undefined {
  return members.verification_uri ?? members.verification_url;
}

/** A number above zero; undefined for all else. */
export function positiveNumber(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}
