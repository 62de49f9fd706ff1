import { type ClaimsOf, claimSources } from '../../checks/expectation.ts';
import type { TokenProfile } from '../../checks/jwt.ts';
import { tokenKind } from '../../jose/token-text/found-token.ts';
import type { JsonObject } from '../../json/json.ts';
import type { JweDocument, TokenDocument } from '../../output/decode-document.ts';

/**
 * Where expectations look for claims: in each token that can be read, by the name it came under, else by what it is
 * judged as. Refresh tokens are for their server.
 */
export function claimPlaces(
  tokens: readonly TokenDocument[],
  profile: TokenProfile | undefined,
): readonly ClaimsOf[] {
  return tokens.flatMap((token): ClaimsOf[] => {
    const claims = claimsOf(token);
    const kind = tokenKind(token) ?? (tokens.length === 1 ? profile?.replaceAll('-', '_') : undefined);
    const source = claimSources.find((known) => known === kind) ?? 'token';
    return claims === null || kind === 'refresh_token' ? [] : [{ source, claims }];
  });
}

function claimsOf(token: TokenDocument): JsonObject | null {
  if (token.type === 'sd_jwt') return token.disclosed_claims;
  return token.type === 'jwe' ? innerClaims(token) : token.claims;
}

function innerClaims({ nested, claims }: JweDocument): JsonObject | null {
  return nested === undefined ? claims : claimsOf(nested);
}
