import type { HttpRequest, HttpResponse } from '../http-message.ts';
import { secretMembers } from '../jose/jwk-members.ts';
import { type JwkSet, readJwkSet } from '../jose/jwk-set.ts';
import { isUnreachable, type Secret, send, type Wire } from './send.ts';

/** The server's keys, or in one sentence why there are none. */
export type FetchedKeys =
  | { readonly type: 'keys'; readonly keys: JwkSet }
  /** Nobody said where keys are: TLS alone vouches for the token endpoint (OIDC Core §3.1.3.7 6). */
  | { readonly type: 'unpublished' }
  | { readonly type: 'none'; readonly problem: string };

/** Fetches the key set; that there is none is an answer, which only matters once a signature is to be checked. */
export async function fetchKeys(wire: Wire, jwksUri: string | undefined): Promise<FetchedKeys> {
  if (jwksUri === undefined) return { type: 'unpublished' };
  try {
    const request: HttpRequest = {
      method: 'GET',
      url: jwksUri,
      headers: [['accept', 'application/jwk-set+json, application/json']],
    };
    const { response } = await send(wire, 'keys', request, privateParts);
    if (response.status !== 200) {
      return { type: 'none', problem: `${jwksUri} answered with status ${response.status}.` };
    }
    const reading = readJwkSet(response.body);
    if (reading.type === 'invalid') return { type: 'none', problem: `${jwksUri}: ${reading.reason}` };
    return { type: 'keys', keys: reading };
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return { type: 'none', problem: error.message };
  }
}

/** What a server that publishes too much must not have shown on a screen as well. */
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
