import type { HeaderList } from '../http-message.ts';
import { challengeParameter, parseChallenges, tokenChallenge } from '../protocol/challenge.ts';

/** What a protected resource says when it refuses a token (RFC 6750 §3; RFC 9449 §7.1; RFC 9470 §3; RFC 9728 §5.1). */
export interface Challenge {
  readonly scheme: string | null;
  readonly realm: string | null;
  readonly error: string | null;
  readonly error_description: string | null;
  readonly scope: string | null;
  readonly resource_metadata: string | null;
  readonly acr_values: string | null;
  readonly max_age: string | null;
}

/** Reads the challenge that speaks of tokens: Bearer or DPoP, else the first there is. */
export function readChallenge(headers: HeaderList): Challenge {
  const challenges = headers
    .filter(([name]) => /^(?:www|proxy)-authenticate$/i.test(name))
    .flatMap(([, field]) => parseChallenges(field));
  const chosen = tokenChallenge(challenges) ?? challenges[0];
  const value = (name: string) => (chosen === undefined ? null : challengeParameter(chosen, name));
  return {
    scheme: chosen?.scheme ?? null,
    realm: value('realm'),
    error: value('error'),
    error_description: value('error_description'),
    scope: value('scope'),
    resource_metadata: value('resource_metadata'),
    acr_values: value('acr_values'),
    max_age: value('max_age'),
  };
}
