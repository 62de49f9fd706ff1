import { buildClientAssertion, type SigningKey } from './client-assertion.ts';
import type { HeaderList } from './http-message.ts';
import type { Parameters as RequestParameters } from './parameters.ts';

/** The client authentication methods this tool speaks (OIDC Core §9, RFC 8705 §2). */
export const clientAuthenticationMethods = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
] as const;

/** One of {@link clientAuthenticationMethods}. */
export type ClientAuthenticationMethod = (typeof clientAuthenticationMethods)[number];

/** What a client can prove itself with. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly signingKey?: SigningKey;
  readonly hasCertificate: boolean;
}

/** What client authentication adds to a request. */
export interface ClientAuthentication {
  readonly headers: HeaderList;
  readonly parameters: RequestParameters;
}

/**
 * Chooses the method: the first advertised one that the credentials allow, in the server's order; without
 * metadata the default of the specification (OIDC Discovery §3, RFC 8414 §2).
 */
export function chooseAuthenticationMethod(
  credentials: Omit<ClientCredentials, 'clientId'>,
  advertised: readonly string[] | undefined,
): ClientAuthenticationMethod {
  const candidates: ClientAuthenticationMethod[] = [];
  if (credentials.signingKey !== undefined) candidates.push('private_key_jwt');
  if (credentials.hasCertificate) candidates.push('tls_client_auth', 'self_signed_tls_client_auth');
  if (credentials.clientSecret !== undefined) candidates.push('client_secret_basic', 'client_secret_post');
  const [preferred] = candidates;
  if (preferred === undefined) return 'none';
  const first = advertised?.find((method) => candidates.some((candidate) => candidate === method));
  if (first !== undefined) return first as ClientAuthenticationMethod;
  if (preferred === 'client_secret_basic' && advertised?.includes('client_secret_jwt'))
    return 'client_secret_jwt';
  return preferred;
}

/**
 * Builds what authenticates the client: a header, or parameters of the body.
 * Both parts of Basic are form-encoded first (RFC 6749 §2.3.1); assertions are valid for one minute and for one
 * audience, the token endpoint or issuer (RFC 7523 §3).
 */
export function buildClientAuthentication(
  method: ClientAuthenticationMethod,
  credentials: ClientCredentials,
  assertion: { readonly audience: string; readonly now: Date },
): ClientAuthentication {
  const { clientId, clientSecret = '', signingKey } = credentials;
  const identified: RequestParameters = [['client_id', clientId]];
  switch (method) {
    case 'none':
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
      return { headers: [], parameters: identified };
    case 'client_secret_basic': {
      const userPass = `${formEncode(clientId)}:${formEncode(clientSecret)}`;
      return {
        headers: [['authorization', `Basic ${Buffer.from(userPass).toString('base64')}`]],
        parameters: [],
      };
    }
    case 'client_secret_post':
      return { headers: [], parameters: [...identified, ['client_secret', clientSecret]] };
    case 'client_secret_jwt':
    case 'private_key_jwt': {
      const key = method === 'private_key_jwt' ? signingKey : undefined;
      const jwt = buildClientAssertion(clientId, key ?? clientSecret, assertion);
      return {
        headers: [],
        parameters: [
          ...identified,
          ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
          ['client_assertion', jwt],
        ],
      };
    }
  }
}

/** application/x-www-form-urlencoded for one value, as Basic requires (RFC 6749 §2.3.1, Appendix B). */
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
