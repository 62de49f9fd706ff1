import type { HeaderList } from '../http-message.ts';

/** One challenge of a `WWW-Authenticate` field (RFC 9110 §11.6.1). */
export interface AuthenticationChallenge {
  /** As it came, such as `Bearer`. */
  readonly scheme: string;
  /** Sent by some schemes in place of parameters. */
  readonly token68: string | null;
  /** Names in lower case, values without their quotes, in the order they came; a name may stand twice. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** Whether it follows the grammar; otherwise it is read as it was most likely meant. */
  readonly wellFormed: boolean;
}

interface Draft {
  scheme: string;
  token68: string | null;
  parameters: [string, string][];
  wellFormed: boolean;
}

/** Longer fields are cut: no honest server sends that much. */
const longestField = 20_000;

/** Reads the challenges of an answer: those of `WWW-Authenticate`, in their order. */
export function readChallenges(headers: HeaderList): readonly AuthenticationChallenge[] {
  return headers
    .filter(([name]) => name.toLowerCase() === 'www-authenticate')
    .flatMap(([, value]) => parseChallenges(value));
}

/** Reads one field value. Text before the first scheme is dropped; broken syntax costs no more than its own part. */
export function parseChallenges(field: string): readonly AuthenticationChallenge[] {
  const challenges: Draft[] = [];
  const text = field.slice(0, longestField);
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    if (match !== undefined) at += match.length;
    return match;
  };

  while (at < text.length) {
    const gap = take(/[ \t,]+/y);
    const last = challenges.at(-1);
    // A scheme stands at the start or behind a comma; behind a space it is a word of a value without quotes.
    const mayBeScheme = last === undefined || gap?.includes(',') === true;
    const name = take(/[!#$%&'*+.^_`|~\w-]+/y);
    if (name === undefined) {
      const stray = take(/[^,]+/y);
      if (last !== undefined && stray !== undefined) last.wellFormed = false;
      continue;
    }
    if (take(/[ \t]*=(?!=)[ \t]*/y) !== undefined) {
      const parameter: [string, string] = [name.toLowerCase(), readValue()];
      if (last === undefined) continue;
      // Without a comma between them, two parameters still are two.
      if (!mayBeScheme && last.parameters.length > 0) last.wellFormed = false;
      last.parameters.push(parameter);
      continue;
    }
    if (!mayBeScheme && last !== undefined) {
      appendWord(last, name);
      continue;
    }
    const challenge: Draft = { scheme: name, token68: null, parameters: [], wellFormed: true };
    challenges.push(challenge);
    const token68 = take(/ +[\w.~+/-]+=*(?=[ \t]*(?:,|$))/y);
    if (token68 !== undefined) challenge.token68 = token68.trim();
  }
  return challenges;

  function readValue(): string {
    const last = challenges.at(-1);
    const quoted = take(/"(?:[^"\\]|\\.)*"/sy);
    if (quoted !== undefined) return quoted.slice(1, -1).replace(/\\(.)/gs, '$1');
    const open = take(/"[\s\S]*/y);
    if (open !== undefined) {
      if (last !== undefined) last.wellFormed = false;
      return open.slice(1).replace(/\\(.)/gs, '$1');
    }
    const value = take(/[^\s,"]*/y) ?? '';
    if (last !== undefined && !/^[!#$%&'*+.^_`|~\w-]+$/.test(value)) last.wellFormed = false;
    return value;
  }
}

function appendWord(challenge: Draft, word: string): void {
  challenge.wellFormed = false;
  const parameter = challenge.parameters.at(-1);
  if (parameter !== undefined) parameter[1] = `${parameter[1]} ${word}`;
}

/** The first value of a parameter of a challenge; an empty one counts as none. */
export function challengeParameter({ parameters }: AuthenticationChallenge, name: string): string | null {
  return parameters.find(([candidate]) => candidate === name)?.[1] || null;
}

/** The challenge that speaks of access tokens, Bearer (RFC 6750 §3) or DPoP (RFC 9449 §7.1); one with an error first. */
export function tokenChallenge(
  challenges: readonly AuthenticationChallenge[],
): AuthenticationChallenge | undefined {
  const ours = challenges.filter(({ scheme }) => /^(?:bearer|dpop)$/i.test(scheme));
  return ours.find((challenge) => challengeParameter(challenge, 'error') !== null) ?? ours[0];
}

/** The challenge of a protected resource that refuses a token (RFC 6750 §3; RFC 9449 §7.1; RFC 9470 §3; RFC 9728 §5.1). */
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
