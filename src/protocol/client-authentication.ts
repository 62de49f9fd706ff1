import { randomUUID } from 'node:crypto';
import type { HeaderList } from '../http-message.ts';
import { type SigningKey, signJwt } from '../jose/jws.ts';
import type { JsonObject } from '../json/json.ts';
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

/** The secrets and keys with which a client proves itself. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly signingKey?: SigningKey | undefined;
  /** Signs assertions, whatever the metadata of the server lists. */
  readonly signingAlg?: string | undefined;
  /** An assertion made elsewhere, such as by the platform a job runs on; used as it is. */
  readonly clientAssertion?: string | undefined;
  readonly hasCertificate: boolean;
}

/** Headers and parameters that client authentication adds to a request. */
export interface ClientAuthentication {
  readonly headers: HeaderList;
  readonly parameters: RequestParameters;
}

/**
 * Chooses the method: of those that the credentials allow the first that the server lists, or the first of all where
 * it lists nothing. The order is ours, as servers list in any: Basic before post, since that is what a client is
 * registered for unless it says otherwise (OIDC Discovery §3, RFC 8414 §2, RFC 7591 §2).
 */
export function chooseAuthenticationMethod(
  credentials: Omit<ClientCredentials, 'clientId'>,
  advertised: readonly string[] | undefined,
): ClientAuthenticationMethod {
  const candidates: ClientAuthenticationMethod[] = [];
  if ((credentials.signingKey ?? credentials.clientAssertion) !== undefined)
    candidates.push('private_key_jwt');
  if (credentials.clientSecret !== undefined)
    candidates.push('client_secret_basic', 'client_secret_post', 'client_secret_jwt');
  // Behind the secret: a certificate may be wanted by the connection alone.
  if (credentials.hasCertificate) candidates.push('tls_client_auth', 'self_signed_tls_client_auth');
  return candidates.find((method) => advertised?.includes(method)) ?? candidates[0] ?? 'none';
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
  const { clientId, clientSecret = '', signingKey, signingAlg, clientAssertion } = credentials;
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
      return asserted(clientSecret);
    case 'private_key_jwt':
      if (clientAssertion !== undefined) return withAssertion(clientAssertion);
      if (signingKey === undefined) throw new TypeError('private_key_jwt needs a signing key.');
      return asserted(signingKey);
  }

  /** RFC 7521 §4.2, RFC 7523 §2.2. */
  function asserted(key: SigningKey | string): ClientAuthentication {
    return withAssertion(buildClientAssertion(clientId, key, { ...assertion, hmac: signingAlg }));
  }

  function withAssertion(text: string): ClientAuthentication {
    return {
      headers: [],
      parameters: [
        ...identified,
        ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
        ['client_assertion', text],
      ],
    };
  }
}

/**
 * Signs a client assertion, with a private key or, by `hmac` or HS256, with the client secret (RFC 7523 §3, OIDC Core
 * §9). It is valid for one minute.
 */
export function buildClientAssertion(
  clientId: string,
  key: SigningKey | string,
  {
    audience,
    now,
    hmac,
    claims: further,
  }: {
    readonly audience: string;
    readonly now: Date;
    readonly hmac?: string | undefined;
    /** Laid over the usual ones. */
    readonly claims?: JsonObject;
  },
): string {
  const iat = Math.floor(now.getTime() / 1000);
  const kid = typeof key === 'string' ? undefined : key.kid;
  const header = { typ: 'JWT', ...(kid === undefined ? {} : { kid }) };
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    jti: randomUUID(),
    iat,
    exp: iat + 60,
    ...further,
  };
  return signJwt(header, claims, key, hmac);
}

/** application/x-www-form-urlencoded for one value, as Basic requires (RFC 6749 §2.3.1, Appendix B). */
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
