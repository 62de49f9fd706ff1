import { type HttpResponse, isHttpUrl, isSuccessStatus } from '../http-message.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../json/json.ts';
import { jsonType } from './parameter-names.ts';
import { type BodyReading, readResponseBody, topLevelObject } from './response-body.ts';

/** JSON type of each member of a server's metadata (OIDC Discovery §3; RFC 8414 §2 and its registry). */
export const metadataMembers = {
  issuer: 'string',
  jwks_uri: 'string',
  service_documentation: 'string',
  op_policy_uri: 'string',
  op_tos_uri: 'string',
  signed_metadata: 'string',
  authorization_endpoint: 'string',
  token_endpoint: 'string',
  userinfo_endpoint: 'string',
  registration_endpoint: 'string',
  revocation_endpoint: 'string',
  introspection_endpoint: 'string',
  device_authorization_endpoint: 'string',
  pushed_authorization_request_endpoint: 'string',
  backchannel_authentication_endpoint: 'string',
  end_session_endpoint: 'string',
  check_session_iframe: 'string',
  claims_parameter_supported: 'boolean',
  request_parameter_supported: 'boolean',
  request_uri_parameter_supported: 'boolean',
  require_request_uri_registration: 'boolean',
  require_pushed_authorization_requests: 'boolean',
  require_signed_request_object: 'boolean',
  tls_client_certificate_bound_access_tokens: 'boolean',
  authorization_response_iss_parameter_supported: 'boolean',
  frontchannel_logout_supported: 'boolean',
  frontchannel_logout_session_supported: 'boolean',
  backchannel_logout_supported: 'boolean',
  backchannel_logout_session_supported: 'boolean',
  backchannel_user_code_parameter_supported: 'boolean',
  scopes_supported: 'array of strings',
  response_types_supported: 'array of strings',
  response_modes_supported: 'array of strings',
  grant_types_supported: 'array of strings',
  acr_values_supported: 'array of strings',
  subject_types_supported: 'array of strings',
  id_token_signing_alg_values_supported: 'array of strings',
  id_token_encryption_alg_values_supported: 'array of strings',
  id_token_encryption_enc_values_supported: 'array of strings',
  userinfo_signing_alg_values_supported: 'array of strings',
  userinfo_encryption_alg_values_supported: 'array of strings',
  userinfo_encryption_enc_values_supported: 'array of strings',
  request_object_signing_alg_values_supported: 'array of strings',
  request_object_encryption_alg_values_supported: 'array of strings',
  request_object_encryption_enc_values_supported: 'array of strings',
  authorization_signing_alg_values_supported: 'array of strings',
  authorization_encryption_alg_values_supported: 'array of strings',
  authorization_encryption_enc_values_supported: 'array of strings',
  token_endpoint_auth_methods_supported: 'array of strings',
  token_endpoint_auth_signing_alg_values_supported: 'array of strings',
  revocation_endpoint_auth_methods_supported: 'array of strings',
  revocation_endpoint_auth_signing_alg_values_supported: 'array of strings',
  introspection_endpoint_auth_methods_supported: 'array of strings',
  introspection_endpoint_auth_signing_alg_values_supported: 'array of strings',
  introspection_signing_alg_values_supported: 'array of strings',
  code_challenge_methods_supported: 'array of strings',
  dpop_signing_alg_values_supported: 'array of strings',
  display_values_supported: 'array of strings',
  claim_types_supported: 'array of strings',
  claims_supported: 'array of strings',
  claims_locales_supported: 'array of strings',
  ui_locales_supported: 'array of strings',
  prompt_values_supported: 'array of strings',
  authorization_details_types_supported: 'array of strings',
  backchannel_token_delivery_modes_supported: 'array of strings',
  mtls_endpoint_aliases: 'object',
} as const satisfies Readonly<Record<string, MemberType>>;

/** Endpoints that the client asks itself; the browser, which has no certificate, goes to the others. */
const isAskedByClient = (name: string) =>
  /_endpoint$/.test(name) && !/^(?:authorization|end_session)_/.test(name);

/**
 * The endpoints that a server has for clients with a TLS certificate, which go before those of the same name (RFC 8705
 * §5). One that is not an http or https URL is left out.
 */
export function mtlsEndpoints({
  mtls_endpoint_aliases: aliases,
}: {
  readonly mtls_endpoint_aliases?: unknown;
}): Readonly<Record<string, string>> {
  const entries = isJsonObject(aliases) ? Object.entries(aliases) : [];
  return Object.fromEntries(
    entries.flatMap(([name, url]) =>
      isAskedByClient(name) && typeof url === 'string' && isHttpUrl(url) ? [[name, url]] : [],
    ),
  );
}

/** Every URL of an endpoint, that for clients with a certificate too. */
export function endpointUrls(
  metadata: ServerMetadata | null | undefined,
  name: keyof typeof metadataMembers & `${string}_endpoint`,
): readonly string[] {
  return [metadata?.[name], mtlsEndpoints(metadata ?? {})[name]].filter((url) => url !== undefined);
}

/** The JSON type that a specification gives a member. */
export type MemberType = 'string' | 'boolean' | 'array of strings' | 'object';

interface ValueOfType {
  string: string;
  boolean: boolean;
  'array of strings': readonly string[];
  object: JsonObject;
}

/** Members a client uses, each of its type; one of another type is left out (OIDC Discovery §3; RFC 8414 §2). */
export type ServerMetadata = {
  readonly [name in keyof typeof metadataMembers]?: ValueOfType[(typeof metadataMembers)[name]];
};

/** A known member that has another type than the specification gives it. */
export interface MetadataWrongType {
  readonly name: string;
  readonly expected: MemberType;
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
  readonly metadata: ServerMetadata;
  readonly wrongTypes: readonly MetadataWrongType[];
}

/** A response that is not a success, or has no JSON object. */
export interface UnreadableMetadata extends MetadataFacts {
  readonly type: 'unreadable';
  /** The kind of body that came instead, such as `an HTML page`. */
  readonly reason: string;
}

/** A metadata response as it can be used, with its deviations. */
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
  if (document === undefined) return { ...facts, type: 'unreadable', reason: bodyKinds[body.type] };
  if (!isSuccessStatus(response.status)) return { ...facts, type: 'unreadable', reason: 'no success' };
  const { metadata, wrongTypes } = readMetadataMembers(document);
  return { ...facts, type: 'metadata', document, issuer: metadata.issuer ?? null, metadata, wrongTypes };
}

/** Sorts the known members of a document into those of their type and those of another. */
export function readMetadataMembers(document: JsonObject): {
  readonly metadata: ServerMetadata;
  readonly wrongTypes: readonly MetadataWrongType[];
} {
  const kept: [string, JsonValue][] = [];
  const wrongTypes: MetadataWrongType[] = [];
  for (const [name, expected] of Object.entries(metadataMembers)) {
    const value = ownMember(document, name);
    if (value === undefined) continue;
    if (hasType(value, expected)) kept.push([name, value]);
    else wrongTypes.push({ name, expected });
  }
  return { metadata: Object.fromEntries(kept), wrongTypes };
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

function hasType(value: JsonValue, expected: MemberType): boolean {
  return expected === 'array of strings'
    ? Array.isArray(value) && value.every((item) => typeof item === 'string')
    : value !== null && jsonType(value) === expected;
}
