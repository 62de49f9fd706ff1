import { type CheckResult, checkResult } from '../checks/check-result.ts';
import type { IdTokenEvidence } from '../checks/id-token/token-claims.ts';
import { checkJwks } from '../checks/jwks.ts';
import type { Secret } from '../client/middleware.ts';
import { getRequest, type HttpResponse } from '../http-message.ts';
import { secretMembers } from '../jose/jwk.ts';
import { type JwkSet, readJwkSet } from '../jose/jwk-set.ts';
import { own, recall, remember, say } from '../say.ts';
import { type Conversation, isUnreachable } from './conversation.ts';

/** The server's keys, or in one sentence why there are none. */
export type FetchedKeys =
  | { readonly type: 'keys'; readonly keys: JwkSet }
  /** The metadata does not say where keys are: TLS alone vouches for the token endpoint (OIDC Core §3.1.3.7 6). */
  | { readonly type: 'unpublished' }
  | { readonly type: 'none'; readonly problem: string };

/** Fetches the key set; that there is none is an answer, which only matters once a signature is to be checked. */
export async function fetchKeys(
  conversation: Conversation,
  jwksUri: string | undefined,
): Promise<FetchedKeys> {
  if (jwksUri === undefined) return { type: 'unpublished' };
  try {
    const request = getRequest(jwksUri, 'application/jwk-set+json, application/json');
    const { response } = await conversation.send('keys', request, { secretsIn: privateParts });
    if (response.status !== 200) {
      return { type: 'none', problem: remember(say`${jwksUri} answered with status ${response.status}.`) };
    }
    const reading = readJwkSet(response.body);
    if (reading.type === 'invalid')
      return { type: 'none', problem: remember(say`${jwksUri}: ${own(reading.reason)}`) };
    return { type: 'keys', keys: reading };
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return { type: 'none', problem: error.message };
  }
}

/** The checks of the key set itself. */
export function judgeKeys(fetched: FetchedKeys, now: Date): readonly CheckResult[] {
  if (fetched.type === 'unpublished') return [checkResult('jwks', 'skipped', 'The server has no jwks_uri.')];
  return checkJwks(fetched.type === 'keys' ? fetched.keys : recall(fetched.problem), now);
}

/** Keys, or the problem with them, as the checks take them. */
export function keysEvidence(fetched: FetchedKeys): Pick<IdTokenEvidence, 'keys' | 'keysProblem'> {
  switch (fetched.type) {
    case 'keys':
      return { keys: fetched.keys };
    case 'none':
      return { keys: undefined, keysProblem: fetched.problem };
    case 'unpublished':
      return { keys: undefined };
  }
}

/** Private members that a server publishes by mistake; they must not be shown on a screen as well. */
function privateParts({ body }: HttpResponse): readonly Secret[] {
  const reading = readJwkSet(body);
  if (reading.type === 'invalid') return [];
  return reading.keys.flatMap((jwk) =>
    secretMembers(jwk).flatMap((name) => {
      const value = jwk[name];
      return typeof value === 'string' && value !== '' ? [{ kind: 'private_key', value }] : [];
    }),
  );
}
