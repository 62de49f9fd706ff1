import { type HttpResponse, isSuccessStatus } from '../http-message.ts';
import { type JsonObject, type JsonValue, ownMember } from '../json/json.ts';
import { jsonType, type WrongType } from './parameter-problems.ts';
import { type BodyReading, readResponseBody, topLevelObject } from './response-body.ts';

const stringMembers = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
  'registration_endpoint',
  'revocation_endpoint',
  'introspection_endpoint',
  'device_authorization_endpoint',
  'pushed_authorization_request_endpoint',
  'backchannel_authentication_endpoint',
  'end_session_endpoint',
  'check_session_iframe',
  'service_documentation',
  'op_policy_uri',
  'op_tos_uri',
  'signed_metadata',
] as const;

const listMembers = [
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
  'revocation_endpoint_auth_signing_alg_values_supported',
  'introspection_endpoint_auth_methods_supported',
  'introspection_endpoint_auth_signing_alg_values_supported',
  'introspection_signing_alg_values_supported',
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
] as const;

const booleanMembers = [
  'authorization_response_iss_parameter_supported',
  'claims_parameter_supported',
  'request_parameter_supported',
  'request_uri_parameter_supported',
  'require_request_uri_registration',
  'require_pushed_authorization_requests',
  'require_signed_request_object',
  'tls_client_certificate_bound_access_tokens',
  'backchannel_user_code_parameter_supported',
  'frontchannel_logout_supported',
  'backchannel_logout_supported',
] as const;

const objectMembers = ['mtls_endpoint_aliases'] as const;

/** Members a client uses, each of its type; one of another type is left out (OIDC Discovery §3; RFC 8414 §2). */
export type AuthorizationServerMetadata = {
  readonly [name in (typeof stringMembers)[number]]?: string;
} & {
  readonly [name in (typeof listMembers)[number]]?: readonly string[];
} & {
  readonly [name in (typeof booleanMembers)[number]]?: boolean;
} & {
  readonly [name in (typeof objectMembers)[number]]?: JsonObject;
};

/** A known member that has another type than the specification gives it. */
export interface MetadataWrongType {
  readonly name: string;
  readonly expected: 'string' | 'array of strings' | 'boolean' | 'object';
  readonly received: WrongType['type'] | 'null' | 'array of other things';
}

interface MetadataFacts {
  readonly response: HttpResponse;
  readonly body: BodyReading;
  /** The issuer the document was asked for; null when none was given. */
  readonly askedIssuer: string | null;
}

/** A metadata document. */
export interface MetadataDocumentReading extends MetadataFacts {
  readonly type: 'metadata';
  /** Every member as received. */
  readonly document: JsonObject;
  readonly issuer: string | null;
  readonly metadata: AuthorizationServerMetadata;
  readonly wrongTypes: readonly MetadataWrongType[];
}

/** A response that is no success, or has no JSON object. */
export interface UnreadableMetadata extends MetadataFacts {
  readonly type: 'unreadable';
  /** What came instead, such as `an HTML page`. */
  readonly reason: string;
}

/** A metadata response as it can be used, with what is odd about it. */
export type MetadataReading = MetadataDocumentReading | UnreadableMetadata;

/** Reads a metadata document (OIDC Discovery §4.2; RFC 8414 §3.2). Nothing is compared or verified. */
export function readMetadata(
  response: HttpResponse,
  asked: { readonly issuer?: string | undefined },
): MetadataReading {
  const body = readResponseBody(response.body);
  const facts = { response, body, askedIssuer: asked.issuer ?? null };
  const isJson = body.type === 'json' || body.type === 'wrapped_json';
  const document = isJson ? topLevelObject(body) : undefined;
  if (document === undefined) {
    return { ...facts, type: 'unreadable', reason: bodyKinds[body.type] };
  }
  if (!isSuccessStatus(response.status)) {
    return { ...facts, type: 'unreadable', reason: 'no success' };
  }
  const { metadata, wrongTypes } = readMetadataMembers(document);
  return { ...facts, type: 'metadata', document, issuer: metadata.issuer ?? null, metadata, wrongTypes };
}

/** Sorts the known members of a document into those of their type and those of another. */
export function readMetadataMembers(document: JsonObject): {
  readonly metadata: AuthorizationServerMetadata;
  readonly wrongTypes: readonly MetadataWrongType[];
} {
  const kept: [string, JsonValue][] = [];
  const wrongTypes: MetadataWrongType[] = [];
  for (const [expected, names] of expectations) {
    for (const name of names) {
      const value = ownMember(document, name);
      if (value !== undefined && hasType(value, expected)) {
        kept.push([name, value]);
      } else if (value !== undefined) {
        wrongTypes.push({ name, expected, received: typeName(value, expected) });
      }
    }
  }
  return { metadata: Object.fromEntries(kept) as AuthorizationServerMetadata, wrongTypes };
}

const bodyKinds: Readonly<Record<BodyReading['type'], string>> = {
  empty: 'an empty body',
  json: 'a JSON array',
  wrapped_json: 'a wrapped JSON array',
  malformed_json: 'malformed JSON',
  html: 'an HTML page',
  xml: 'XML',
  form: 'form data',
  plain_text: 'plain text',
};

const expectations: readonly (readonly [MetadataWrongType['expected'], readonly string[]])[] = [
  ['string', stringMembers],
  ['array of strings', listMembers],
  ['boolean', booleanMembers],
  ['object', objectMembers],
];

function hasType(value: JsonValue, expected: MetadataWrongType['expected']): boolean {
  return expected === 'array of strings'
    ? Array.isArray(value) && value.every((item) => typeof item === 'string')
    : value !== null && jsonType(value) === expected;
}

function typeName(value: JsonValue, expected: MetadataWrongType['expected']): MetadataWrongType['received'] {
  if (value === null) {
    return 'null';
  }
  return Array.isArray(value) && expected === 'array of strings' ? 'array of other things' : jsonType(value);
}
