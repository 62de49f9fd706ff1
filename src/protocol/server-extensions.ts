import { isJsonObject, type JsonObject, textListMember } from '../json/json.ts';

/** An extension that metadata names: what it says of it, and the option of `login` that meets a demand. */
export interface ServerExtension {
  readonly text: string;
  readonly option?: 'par' | 'request-object';
}

/**
 * What metadata demands or offers beside a plain authorization request (RFC 9126 §5, RFC 9101 §10.5, RFC 9449 §5.1,
 * RFC 8705 §3.3, §5).
 */
export function serverExtensions(metadata: JsonObject): readonly ServerExtension[] {
  const aliases = metadata.mtls_endpoint_aliases;
  const algorithms = textListMember(metadata, 'dpop_signing_alg_values_supported') ?? [];
  const found: readonly (ServerExtension | false)[] = [
    metadata.require_pushed_authorization_requests === true && {
      text: 'pushed requests demanded',
      option: 'par',
    },
    metadata.require_signed_request_object === true && {
      text: 'signed request objects demanded',
      option: 'request-object',
    },
    algorithms.length > 0 && { text: `DPoP offered (${algorithms.join(', ')})` },
    metadata.tls_client_certificate_bound_access_tokens === true && {
      text: 'tokens can be bound to a certificate',
    },
    isJsonObject(aliases) && {
      text: `own endpoints for clients with a certificate (${Object.keys(aliases).join(', ')})`,
    },
  ];
  return found.filter((one) => one !== false);
}
