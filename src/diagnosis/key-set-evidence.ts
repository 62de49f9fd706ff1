import { shownValue } from '../checks/shown-value.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Situation } from './situation.ts';

/** The keys were fetched somewhere else than the metadata of the server says (OIDC Discovery §3). */
export function foreignKeySet({
  conversation: { metadata, keySet },
  given,
}: Pick<Situation, 'conversation' | 'given'>): Diagnosis | undefined {
  const named = metadata?.jwks_uri;
  if (named === undefined || keySet === null || keySet.url === named) return undefined;
  const source = given['jwks-uri'];
  return {
    cause: 'The keys were not fetched where the server publishes them.',
    why: `The key that signed the ID token is not among them, and the metadata of the server names another place${source === undefined ? '' : ` than ${source}`}.`,
    try:
      source === undefined
        ? 'Fetch the keys from the jwks_uri of the metadata.'
        : `Log in without ${source}.`,
    confidence: 'high',
    source: 'OIDC Discovery §3',
    expected: shownValue(named),
    received: shownValue(keySet.url),
  };
}
