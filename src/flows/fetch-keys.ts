import { InvalidResponseError, NetworkError } from '../errors.ts';
import { type JwkSet, readJwkSet } from '../protocol/jwk-set.ts';
import { send, type Wire } from './send.ts';

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
    const { response } = await send(wire, 'keys', {
      method: 'GET',
      url: jwksUri,
      headers: [['accept', 'application/jwk-set+json, application/json']],
    });
    if (response.status !== 200) {
      return { type: 'none', problem: `${jwksUri} answered with status ${response.status}.` };
    }
    const reading = readJwkSet(response.body);
    if (reading.type === 'invalid') return { type: 'none', problem: `${jwksUri}: ${reading.reason}` };
    return { type: 'keys', keys: reading };
  } catch (error) {
    if (!(error instanceof NetworkError || error instanceof InvalidResponseError)) throw error;
    return { type: 'none', problem: error.message };
  }
}
