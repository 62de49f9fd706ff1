import { ownMember } from '../json/json.ts';
import { type AuthenticationChallenge, challengeParameter, tokenChallenge } from '../protocol/challenge.ts';

/** The facts known of a token that an API refused. */
export interface RefusedToken {
  /** As granted; null when it is not known. */
  readonly scope: readonly string[] | null;
  readonly expiresAt: Date | null;
  /** The command that logs in for it, without options for more; undefined when it is of no session. */
  readonly loginCommand: string | undefined;
  /** Whether it was fetched anew after a first refusal. */
  readonly isFresh: boolean;
  /** The value of the DPoP-Nonce header. */
  readonly nonce?: string | undefined;
  /** Whether it was sent with a proof of its key. */
  readonly isBound?: boolean;
  /** Why its binding to a certificate does not hold here, in one sentence. */
  readonly binding?: string | undefined;
}

/**
 * Why an API refused a token and what to try, one or two sentences each, the likeliest first (RFC 9110 §11.6.1,
 * RFC 6750 §3.1, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1).
 */
export function explainChallenge(
  challenges: readonly AuthenticationChallenge[],
  status: number,
  token: RefusedToken,
  now: Date,
): readonly string[] {
  const challenge = tokenChallenge(challenges);
  if (challenge === undefined) return withoutTokenChallenge(challenges, status);
  const value = (name: string) => challengeParameter(challenge, name);
  const error = value('error');
  const explain = error === null ? undefined : ownMember(explanations, error);
  const causes = error === null ? silentCauses(status) : (explain?.(value, token, now) ?? []);
  const metadata = value('resource_metadata');
  const found: readonly (string | false)[] = [
    token.binding !== undefined && `${token.binding} Give the one it was got with: --cert FILE --key FILE.`,
    ...causes,
    /^dpop$/i.test(challenge.scheme) &&
      error === null &&
      token.isBound !== true &&
      'The API wants a token that is bound to a key (DPoP), and this one was sent as a Bearer token.',
    metadata !== null &&
      `Which authorization servers and scopes the API takes stands in its metadata: ${metadata} (RFC 9728).`,
    !challenge.wellFormed &&
      'The WWW-Authenticate header does not follow the grammar of RFC 9110 §11.6.1; other clients may not understand it.',
  ];
  return found.filter((one) => one !== false);
}

type Value = (name: string) => string | null;
type Explanation = (value: Value, token: RefusedToken, now: Date) => readonly string[];

const explanations: Readonly<Record<string, Explanation>> = {
  invalid_token: (_, { expiresAt, isFresh, loginCommand }, now) => [
    ...(expiresAt !== null && expiresAt <= now ? ['The token has expired.'] : []),
    'The token may be for another API: compare its "aud" with what this API wants (--resource or --audience at login).',
    'It may be from another issuer or environment than the one this API trusts.',
    ...(isFresh
      ? ['It was refused again right after a refresh, so its age is not the reason.']
      : ['It may have been revoked, or the clocks differ.', ...logIn(loginCommand)]),
  ],
  insufficient_scope: (value, { scope, loginCommand }) => {
    const needed = (value('scope') ?? '').split(' ').filter((word) => word !== '');
    const missing = needed.filter((word) => scope?.includes(word) !== true);
    const has = scope === null || scope.length === 0 ? '' : ` The token has: ${scope.join(' ')}.`;
    if (needed.length === 0)
      return [`The token allows too little, and the API does not say what is missing.${has}`];
    if (missing.length === 0) {
      return [
        `The API wants ${needed.join(' ')}, which the token has. The person, or the client, may lack a right beyond the scope.`,
      ];
    }
    const all = [...new Set([...(scope ?? []), ...missing])].join(' ');
    const advice =
      loginCommand === undefined || !isLiteral(all)
        ? 'Ask for more with --scope.'
        : `Log in with that scope: ${loginCommand} --scope "${all}"`;
    return [`The token lacks the scope ${missing.join(' ')}.${has}`, advice];
  },
  insufficient_user_authentication: (value, { loginCommand }) => {
    const [acr, age] = [value('acr_values'), value('max_age')];
    const each = (ofAcr: string, ofAge: string) => [
      ...(acr === null ? [] : [ofAcr]),
      ...(age === null ? [] : [ofAge]),
    ];
    const flags = each(`--acr-values "${acr}"`, `--max-age ${age}`).join(' ');
    const wanted = each(`of the level ${acr}`, `not older than ${age} seconds`).join(' and ');
    const isSafe = isLiteral(acr ?? 'x') && /^\d+$/.test(age ?? '0');
    const command =
      loginCommand === undefined || flags === '' || !isSafe
        ? ' with --acr-values and --max-age.'
        : `: ${loginCommand} ${flags}`;
    return [
      `The API wants a login ${wanted || 'that is stronger or more recent'} (step-up, RFC 9470).`,
      `Log in again for that${command}`,
    ];
  },
  invalid_request: () => [
    'The API does not understand the request: look for a token in the query or body as well, or a wrong parameter.',
  ],
  invalid_dpop_proof: () => ['Check the clock of this machine: a DPoP proof holds for a short time only.'],
  use_dpop_nonce: (_, { nonce }) => [
    nonce === undefined
      ? 'The API wants its nonce in the DPoP proof, and gives none: the DPoP-Nonce header is missing (RFC 9449 §9).'
      : 'The API refused the nonce that it had given just before: its instances may not share the secret of their nonces.',
  ],
};

/** Words of an API go into a command to be pasted only when a shell takes them literally. */
function isLiteral(words: string): boolean {
  return /^[\w.:/@%+=~,-]+(?: [\w.:/@%+=~,-]+)*$/.test(words);
}

function silentCauses(status: number): readonly string[] {
  return status === 401
    ? [
        'The API says that a token is needed and not what is wrong with this one: it may not have seen it. Look for a gateway that drops the Authorization header.',
        'The token may be for another API or from another issuer.',
      ]
    : ['The API does not say what is wrong with the token.'];
}

function withoutTokenChallenge(
  challenges: readonly AuthenticationChallenge[],
  status: number,
): readonly string[] {
  const schemes = challenges.map(({ scheme }) => scheme);
  if (schemes.length > 0) {
    return [
      `The API asks for ${schemes.join(' or ')} and not for a Bearer token: these are other credentials.`,
    ];
  }
  return status === 401
    ? [
        'The API does not say how to authenticate, although a 401 has to (WWW-Authenticate, RFC 9110 §15.5.2).',
        'The token may be for another API, from another issuer, or expired.',
      ]
    : [];
}

function logIn(command: string | undefined): readonly string[] {
  return command === undefined ? [] : [`Log in again: ${command}`];
}
