import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import type { MetadataDocument } from './metadata-document.ts';

const requiredByOidc = [
  'issuer',
  'authorization_endpoint',
  'jwks_uri',
  'response_types_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
];

/** Checks that the members are there which the specification of the document requires (OIDC Discovery §3, RFC 8414 §2). */
export function checkMetadataRequired({ metadata, specification }: MetadataDocument): CheckResult {
  const required = specification === 'OIDC Discovery' ? oidcMembers(metadata) : oauthMembers(metadata);
  const missing = required.filter((name) => metadata[name] === undefined || metadata[name] === null);
  return missing.length === 0
    ? checkResult('metadata-required', 'pass', 'All required members are there.')
    : checkResult('metadata-required', 'warn', `Missing: ${missing.join(', ')}.`, {
        expected: required.join(', '),
      });
}

function oidcMembers(metadata: JsonObject): string[] {
  return responseTypes(metadata).some((type) => type.split(' ').includes('code'))
    ? [...requiredByOidc, 'token_endpoint']
    : requiredByOidc;
}

function oauthMembers(metadata: JsonObject): string[] {
  const { grant_types_supported: grants } = metadata;
  // Without the member the default is authorization_code and implicit (RFC 8414 §2).
  const granted = Array.isArray(grants) ? grants : ['authorization_code', 'implicit'];
  const authorization = granted.includes('authorization_code') || granted.includes('implicit');
  const onlyImplicit = granted.every((grant) => grant === 'implicit');
  return [
    'issuer',
    'response_types_supported',
    ...(authorization ? ['authorization_endpoint'] : []),
    ...(onlyImplicit ? [] : ['token_endpoint']),
  ];
}

function responseTypes({ response_types_supported: types }: JsonObject): string[] {
  return Array.isArray(types) ? types.filter((type) => typeof type === 'string') : [];
}
