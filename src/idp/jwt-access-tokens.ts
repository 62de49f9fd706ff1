import { randomBytes } from 'node:crypto';
import type { Provider, StoredPayload, TokenModel } from 'oidc-provider';
import { isJsonObject, type JsonObject } from '../json/json.ts';

interface TokenSigner {
  /** The key to sign with: a private JWK with a `kid`. */
  readonly key: JsonObject;
  readonly alg: string;
}

/**
 * Makes every access token a signed JWT (RFC 9068) that is stored as well, so that UserInfo, introspection and
 * revocation take it. oidc-provider offers one or the other only: its own JWT tokens need a resource indicator, are
 * never stored, and are refused at all three endpoints. Here the library keeps its opaque token, and the JWT made
 * from what it stored is the token's value. Without a resource indicator `aud` is the issuer (RFC 9068 §3).
 *
 * @returns the function that turns a JWT into the handle under which the library finds its token, or finds none when
 *   it is not an access token of this server; undefined for a text that is not a JWT
 */
export async function issueJwtAccessTokens(
  provider: Provider,
  { key, alg }: TokenSigner,
  subjectOf: (payload: StoredPayload, token: TokenModel) => Promise<string | undefined>,
): Promise<(token: string) => Promise<string | undefined>> {
  const { SignJWT, compactVerify, importJWK } = await import('jose');
  const { kty, n, e, crv, x, y, kid } = key;
  const privateKey = await importJWK(key, alg);
  const publicKey = await importJWK(JSON.parse(JSON.stringify({ kty, n, e, crv, x, y })), alg);
  const header = { alg, typ: 'at+jwt', ...(typeof kid === 'string' ? { kid } : {}) };
  // Only this process can make a handle: the bare `jti`, which every holder of the JWT reads, is not a token.
  const handlePrefix = `${randomBytes(16).toString('base64url')}~`;

  const sign = async (payload: StoredPayload, token: TokenModel): Promise<string> =>
    new SignJWT(claimsOf(payload, provider.issuer))
      .setSubject((await subjectOf(payload, token)) ?? payload.clientId ?? '')
      .setProtectedHeader(header)
      .sign(privateKey);

  const tokenId = async (accessToken: string): Promise<string | undefined> => {
    try {
      const verified = await compactVerify(accessToken, publicKey, { algorithms: [alg] });
      const claims: unknown = JSON.parse(Buffer.from(verified.payload).toString('utf8'));
      const isAccessToken = verified.protectedHeader.typ === 'at+jwt' && isJsonObject(claims);
      return isAccessToken && typeof claims.jti === 'string' ? claims.jti : undefined;
    } catch {
      return undefined;
    }
  };

  for (const model of [provider.AccessToken, provider.ClientCredentials]) {
    const getOpaque = model.prototype.getValueAndPayload;
    model.prototype.getValueAndPayload = async function (this: TokenModel) {
      const { value, payload } = await getOpaque.call(this);
      return payload === undefined ? { value } : { value: await sign(payload, this), payload };
    };
    const findById = model.find;
    model.find = async function (this: typeof model, value, options) {
      if (typeof value !== 'string') return undefined;
      const id = value.startsWith(handlePrefix) ? value.slice(handlePrefix.length) : await tokenId(value);
      return id === undefined ? undefined : findById.call(this, id, options);
    };
  }

  return async (token) => {
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined;
    return `${handlePrefix}${(await tokenId(token)) ?? 'unknown'}`;
  };
}

/** The claims of RFC 9068 §2.2 but for `sub`, with `cnf` when the token is bound to a key (RFC 7800 §3.1). */
function claimsOf(payload: StoredPayload, issuer: string): Record<string, unknown> {
  const { iat, exp, aud = issuer, scope, clientId, jti, rar, jkt, 'x5t#S256': x5t, extra } = payload;
  const cnf = { ...(jkt === undefined ? {} : { jkt }), ...(x5t === undefined ? {} : { 'x5t#S256': x5t }) };
  return {
    ...extra,
    iss: issuer,
    aud,
    client_id: clientId,
    scope,
    iat,
    exp,
    jti,
    authorization_details: rar,
    ...(Object.keys(cnf).length === 0 ? {} : { cnf }),
  };
}
