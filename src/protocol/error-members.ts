import { type ExactJson, memberNames } from '../json/exact-json.ts';
import { decimalDigits, numberText } from '../json/exact-number.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../json/json.ts';
import { type BodyReading, isStructured } from './response-body.ts';

/** The error that a server reports, wherever it put it. */
export interface ErrorMembers {
  /** The `error` value, else the first member that serves as one; numbers by their digits. */
  readonly error: string | null;
  readonly errorDescription: string | null;
  readonly errorUri: string | null;
}

/** Members that give an error code, in the order they are asked. */
const errorCodeMembers = (
  'error error_type errorType error_code errorCode errcode ECODE ErrorCode code status result ' +
  'error_reason'
).split(' ');

/** The same for a callback, where `code`, `status` and `result` mean something else. */
export const callbackErrorCodeMembers: readonly string[] = errorCodeMembers.filter(
  (name) => !['code', 'status', 'result'].includes(name),
);

const descriptionMembers = (
  'error_description error_message errorMessage errorSummary errmsg message Message msg reason err ' +
  'description detail'
).split(' ');

/** Finds code and description of an error (RFC 6749 §5.2) at the top level, else one level below it. */
export function findErrorMembers(
  json: ExactJson,
  codeMembers: readonly string[] = errorCodeMembers,
): ErrorMembers {
  const top = isJsonObject(json.value) ? json.value : undefined;
  const found = (top && findCode(top, codeMembers)) ?? findNestedCode(json, codeMembers);
  const description =
    nonEmptyString(top, 'error_description') ??
    firstString(found?.giver, descriptionMembers) ??
    firstString(top, descriptionMembers);
  return {
    error: found?.code ?? null,
    errorDescription: description ?? null,
    errorUri: nonEmptyString(top, 'error_uri') ?? null,
  };
}

/** The same for the body of any answer; all three are null when it has no members. */
export function readErrorMembers(body: BodyReading): ErrorMembers {
  return isStructured(body)
    ? findErrorMembers(body.document)
    : { error: null, errorDescription: null, errorUri: null };
}

interface FoundCode {
  readonly code: string;
  /** The object the code stands in. */
  readonly giver: JsonObject;
}

function findNestedCode(json: ExactJson, codeMembers: readonly string[]): FoundCode | undefined {
  const { value: top } = json;
  const values = isJsonObject(top) ? memberNames(json, top).map((name) => top[name]) : [top];
  for (const value of values) {
    const object = firstObject(value);
    const found = object && findCode(object, codeMembers);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The value itself, or the first object of an array. */
function firstObject(value: JsonValue | undefined): JsonObject | undefined {
  return Array.isArray(value) ? value.find(isJsonObject) : isJsonObject(value) ? value : undefined;
}

function findCode(object: JsonObject, members: readonly string[]): FoundCode | undefined {
  for (const name of members) {
    const value = ownMember(object, name);
    const inner = isJsonObject(value) ? value : undefined;
    const found =
      inner === undefined ? codeText(object, name) : firstCodeText(inner, ['type', 'code', 'status']);
    if (found !== undefined) return { code: found, giver: inner ?? object };
  }
  return undefined;
}

function firstCodeText(object: JsonObject, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = codeText(object, name);
    if (text !== undefined) return text;
  }
  return undefined;
}

function codeText(object: JsonObject, name: string): string | undefined {
  return Object.hasOwn(object, name) && typeof object[name] === 'number'
    ? decimalDigits(numberText(object, name))
    : nonEmptyString(object, name);
}

function firstString(object: JsonObject | undefined, names: readonly string[]): string | undefined {
  const found = names.find((name) => nonEmptyString(object, name) !== undefined);
  return found === undefined ? undefined : nonEmptyString(object, found);
}

function nonEmptyString(object: JsonObject | undefined, name: string): string | undefined {
  const value = object === undefined ? undefined : ownMember(object, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Error codes of the token endpoint (RFC 6749 §5.2; RFC 8628 §3.5; RFC 8707 §2; RFC 9449 §5, §8). */
export const tokenErrorCodes: ReadonlySet<string> = new Set(
  (
    'invalid_request invalid_client invalid_grant unauthorized_client unsupported_grant_type invalid_scope ' +
    'authorization_pending slow_down access_denied expired_token invalid_target invalid_dpop_proof ' +
    'use_dpop_nonce'
  ).split(' '),
);

/** Error codes of an authorization response (RFC 6749 §4.1.2.1; OIDC Core §3.1.2.6; RFC 8707 §2). */
export const callbackErrorCodes: ReadonlySet<string> = new Set(
  (
    'invalid_request unauthorized_client access_denied unsupported_response_type unsupported_response_mode ' +
    'invalid_scope server_error temporarily_unavailable interaction_required login_required ' +
    'account_selection_required consent_required invalid_request_uri invalid_request_object ' +
    'request_not_supported request_uri_not_supported registration_not_supported invalid_target'
  ).split(' '),
);
