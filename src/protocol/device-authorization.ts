import { type HttpResponse, isHttpUrl } from '../http-message.ts';
import type { JsonObject, JsonValue } from '../json/json.ts';
import { type EndpointAnswer, readEndpointAnswer } from './endpoint-answer.ts';

/** The answer of the device authorization endpoint; nothing is verified (RFC 8628 §3.2). */
export type DeviceResponseReading = EndpointAnswer<{
  readonly type: 'device';
  readonly members: JsonObject;
  readonly code: DeviceCode | undefined;
}>;

/** What a user needs to sign in elsewhere, and the client to wait for it. */
export interface DeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  /** The same with the code in it. */
  readonly completeUri: string | undefined;
  /** Of both addresses the one that a browser opens; undefined where neither is for a browser. */
  readonly page: string | undefined;
  /** Undefined where the server does not say it, although it has to. */
  readonly expiresInSeconds: number | undefined;
  readonly intervalSeconds: number;
}

/** Seconds between two polls where the server does not say (RFC 8628 §3.2, CIBA Core §7.3). */
export const defaultIntervalSeconds = 5;

/** Reads what the server answered to a device authorization request (RFC 8628 §3.2). */
export function readDeviceResponse(response: HttpResponse): DeviceResponseReading {
  return readEndpointAnswer(response, (members) =>
    Object.hasOwn(members, 'error') ? undefined : { type: 'device', members, code: readCode(members) },
  );
}

function readCode(members: JsonObject): DeviceCode | undefined {
  const { device_code, user_code, interval, expires_in, verification_uri_complete } = members;
  const verificationUri = verificationUriOf(members);
  if (typeof device_code !== 'string' || typeof user_code !== 'string' || typeof verificationUri !== 'string')
    return undefined;
  // It is opened in a browser: of another kind, such as file:, it is none.
  const usable = (uri: JsonValue | undefined) =>
    typeof uri === 'string' && isHttpUrl(uri) ? uri : undefined;
  const completeUri = usable(verification_uri_complete);
  return {
    deviceCode: device_code,
    userCode: user_code,
    verificationUri,
    completeUri,
    page: completeUri ?? usable(verificationUri),
    expiresInSeconds: positiveNumber(expires_in),
    intervalSeconds: positiveNumber(interval) ?? defaultIntervalSeconds,
  };
}

/** The answer of the backchannel authentication endpoint; nothing is verified (CIBA Core §7.3, §13). */
export type BackchannelReading = EndpointAnswer<{ readonly type: 'accepted'; readonly members: JsonObject }>;

/** Reads what the server answered to a backchannel authentication request (CIBA Core §7.3). */
export function readBackchannelResponse(response: HttpResponse): BackchannelReading {
  return readEndpointAnswer(response, (members) =>
    Object.hasOwn(members, 'error') ? undefined : { type: 'accepted', members },
  );
}

/** `verification_url` is the name that a draft had, and Google still uses. */
export function verificationUriOf(members: JsonObject): JsonValue | undefined {
  return members.verification_uri ?? members.verification_url;
}

/** A number above zero; undefined for all else. */
export function positiveNumber(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}
