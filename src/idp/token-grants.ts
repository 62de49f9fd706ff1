import type { Client, Provider } from 'oidc-provider';
import { decodeJwt } from '../jose/jwt.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { exchangeType, jwtBearerType } from '../protocol/grant-types.ts';

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * Adds the grants that oidc-provider lacks: the exchange of an access token of this server (RFC 8693 §2.1), and an
 * assertion that is an ID token of this server or signed by the client (RFC 7523 §2.1).
 */
export async function registerTokenGrants(provider: Provider, jwks: unknown): Promise<void> {
  const { errors } = await import('oidc-provider');
  // Taken by name, so that the bundle has nothing else of it.
  const { compactVerify, importJWK } = await import('jose');

  provider.registerGrantType(
    exchangeType,
    async (context) => {
      const { client, params } = context.oidc;
      const { subject_token: given = '', subject_token_type: type, requested_token_type: wanted } = params;
      const found =
        (await provider.AccessToken.find(given)) ?? (await provider.ClientCredentials.find(given));
      if (found === undefined || type !== accessTokenType)
        throw new errors.InvalidRequest('subject_token is not an access token of this server');
      if (wanted !== undefined && wanted !== accessTokenType)
        throw new errors.InvalidRequest('requested_token_type is not supported');
      const held = found.scope?.split(' ') ?? [];
      const scope = params.scope ?? found.scope ?? '';
      if (scope.split(' ').some((one) => one !== '' && !held.includes(one)))
        throw new errors.InvalidScope('scope is more than the subject token has', scope);
      context.body = { ...(await issue(client, found.accountId, scope)), issued_token_type: accessTokenType };
    },
    [
      'subject_token',
      'subject_token_type',
      'actor_token',
      'actor_token_type',
      'requested_token_type',
      'scope',
    ],
  );

  provider.registerGrantType(
    jwtBearerType,
    async (context) => {
      const { client, params } = context.oidc;
      const account = await subjectOf(params.assertion ?? '', client).catch(() => undefined);
      if (account === undefined) throw new errors.InvalidGrant('the assertion is not accepted');
      context.body = await issue(
        client,
        account === client.clientId ? undefined : account,
        params.scope ?? '',
      );
    },
    ['assertion', 'scope'],
  );

  /** The subject of an assertion; undefined for one that is not for this server, or has expired. */
  async function subjectOf(assertion: string, client: Client): Promise<string | undefined> {
    const decoded = decodeJwt(assertion);
    if (decoded.type !== 'jws') return undefined;
    const { header, claims } = decoded;
    const keys = keysIn(claims.iss === provider.issuer ? jwks : client.jwks);
    const { alg } = header;
    await Promise.any(keys.map(async (key) => compactVerify(assertion, await importJWK(key, String(alg)))));
    const audiences = [provider.issuer, `${provider.issuer}${provider.pathFor('token')}`, client.clientId];
    const isFor = [claims.aud].flat().some((one) => audiences.includes(String(one)));
    const isValid = typeof claims.exp === 'number' && claims.exp * 1000 > Date.now();
    return isFor && isValid && typeof claims.sub === 'string' ? claims.sub : undefined;
  }

  async function issue(client: Client, accountId: string | undefined, scope: string) {
    const grant =
      accountId === undefined ? undefined : new provider.Grant({ accountId, clientId: client.clientId });
    grant?.addOIDCScope(scope);
    const token =
      grant === undefined
        ? new provider.ClientCredentials({ client, scope })
        : new provider.AccessToken({
            client,
            scope,
            accountId,
            grantId: await grant.save(),
            gty: 'exchange',
          });
    return {
      access_token: await token.save(),
      token_type: 'Bearer',
      expires_in: token.expiration,
      ...(scope === '' ? {} : { scope }),
    };
  }
}

/** The keys of a set without what is private in them, one that could verify by a shared secret left out. */
function keysIn(set: unknown): JsonObject[] {
  const keys = isJsonObject(set) && Array.isArray(set.keys) ? set.keys.filter(isJsonObject) : [];
  return keys.map(({ kty = '', crv, n, e, x, y }) => JSON.parse(JSON.stringify({ kty, crv, n, e, x, y })));
}
