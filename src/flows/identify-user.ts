import { decodeJwt } from '../jose/jwt.ts';
import type { JsonObject } from '../json/json.ts';
import { textListMember, textMember } from '../json/json-members.ts';
import { splitScope } from '../protocol/authorization-request.ts';
import { checkIdToken, keysEvidence } from './check-id-token.ts';
import type { LoginProgress } from './complete-login.ts';
import { fetchKeys } from './fetch-keys.ts';
import { fetchUserinfo } from './fetch-userinfo.ts';
import type { IssuedTokens } from './request-tokens.ts';
import type { Wire } from './send.ts';
import type { SettleChecks } from './settle-checks.ts';

/**
 * The OpenID Connect part of a login: validates the ID token, then asks UserInfo and compares (OIDC Core §3.1.3.7,
 * §5.3). Returns the claims of UserInfo, null when it was not asked or gave none.
 * @throws ValidationError
 */
export async function identifyUser(
  wire: Wire,
  settle: SettleChecks,
  { settings, server, request, keys }: LoginProgress,
  issued: { readonly tokens: IssuedTokens; readonly code: string; readonly receivedAt: Date },
): Promise<JsonObject | null> {
  const { metadata, issuer } = server;
  const { sent } = request;
  const { accessToken, idToken, tokenType } = issued.tokens.reading;
  const { clientId, clientSecret } = settings.client.credentials;
  const about = {
    issuer,
    clientId,
    clientSecret,
    now: issued.receivedAt,
    clockToleranceSeconds: settings.clockToleranceSeconds,
  };

  const jwksUri = textMember(metadata, 'jwks_uri');
  const fetched =
    idToken === null
      ? await keys
      : await checkIdToken(
          wire,
          { fetched: keys ?? fetchKeys(wire, jwksUri), jwksUri },
          {
            ...about,
            idToken,
            code: issued.code,
            nonce: sent.nonce,
            maxAgeSeconds: sent.max_age,
            acrValues: sent.acr_values === undefined ? undefined : splitScope(sent.acr_values),
            accessToken: accessToken ?? undefined,
            allowedAlgorithms: textListMember(metadata, 'id_token_signing_alg_values_supported'),
            fromTokenEndpoint: true,
          },
          issued.tokens.exchange,
          settle,
        );

  const endpoint = textMember(metadata, 'userinfo_endpoint');
  if (!settings.userinfo || endpoint === undefined || accessToken === null) return null;
  if (!sent.scope.includes('openid') || tokenType === 'DPoP') return null;
  const evidence = {
    ...about,
    ...keysEvidence(fetched ?? { type: 'unpublished' }),
    idTokenSub: subjectOf(idToken),
  };
  return fetchUserinfo(wire, endpoint, accessToken, evidence, settle);
}

function subjectOf(idToken: string | null): string | undefined {
  const token = idToken === null ? undefined : decodeJwt(idToken);
  const sub = token?.type === 'jws' ? token.claims.sub : undefined;
  return typeof sub === 'string' ? sub : undefined;
}
