import type { JsonObject, JsonValue } from '../../json/json.ts';
import { isJsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { listed } from '../shown-value.ts';

const strings = [
  'issuer',
  'jwks_uri',
  'service_documentation',
  'op_policy_uri',
  'op_tos_uri',
  'signed_metadata',
];

const booleans = [
  'claims_parameter_supported',
  'request_parameter_supported',
  'request_uri_parameter_supported',
  'require_request_uri_registration',
  'require_pushed_authorization_requests',
  'require_signed_request_object',
  'tls_client_certificate_bound_access_tokens',
  'authorization_response_iss_parameter_supported',
  'frontchannel_logout_supported',
  'frontchannel_logout_session_supported',
  'backchannel_logout_supported',
  'backchannel_logout_session_supported',
  'backchannel_user_code_parameter_supported',
];

const lists = [
  'scopes_supported',
  'response_types_supported',
  'response_modes_supported',
  'grant_types_supported',
  'acr_values_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'id_token_encryption_alg_values_supported',
  'id_token_encryption_enc_values_supported',
  'userinfo_signing_alg_values_supported',
  'userinfo_encryption_alg_values_supported',
  'userinfo_encryption_enc_values_supported',
  'request_object_signing_alg_values_supported',
  'request_object_encryption_alg_values_supported',
  'request_object_encryption_enc_values_supported',
  'authorization_signing_alg_values_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'revocation_endpoint_auth_methods_supported',
  'introspection_endpoint_auth_methods_supported',
  'code_challenge_methods_supported',
  'dpop_signing_alg_values_supported',
  'display_values_supported',
  'claim_types_supported',
  'claims_supported',
  'claims_locales_supported',
  'ui_locales_supported',
  'prompt_values_supported',
  'authorization_details_types_supported',
  'backchannel_token_delivery_modes_supported',
];

/** Checks the JSON types of the members that the specifications define (OIDC Discovery §3, RFC 8414 §2 and its registry). */
export function checkMetadataTypes(metadata: JsonObject): CheckResult {
  const endpoints = Object.keys(metadata).filter((name) => name.endsWith('_endpoint'));
  const problems = [
    ...wrong(metadata, [...strings, ...endpoints], 'a string', (value) => typeof value === 'string'),
    ...wrong(metadata, booleans, 'a boolean', (value) => typeof value === 'boolean'),
    ...wrong(metadata, lists, 'an array of strings', isStringList),
    ...wrong(metadata, ['mtls_endpoint_aliases'], 'an object', isJsonObject),
    // Zero elements MUST be omitted (RFC 8414 §3.2).
    ...lists.filter((name) => isEmptyList(metadata[name])).map((name) => `${name} is empty`),
  ];
  return problems.length === 0
    ? checkResult('metadata-types', 'pass', 'The known members have the right types.')
    : checkResult('metadata-types', 'warn', `${listed(problems, 10)}.`);
}

function wrong(
  metadata: JsonObject,
  names: readonly string[],
  type: string,
  fits: (value: JsonValue) => boolean,
): string[] {
  return names.flatMap((name) => {
    const value = metadata[name];
    return value === undefined || fits(value) ? [] : [`${name} is not ${type}`];
  });
}

function isStringList(value: JsonValue): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

function isEmptyList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length === 0;
}
