import { momentText } from '../checks/shown-value.ts';
import { type Candidate, type Diagnosed, rank, ruledOut, type Sentence } from '../diagnosis/diagnosis.ts';
import { ownMember } from '../json/json.ts';
import { type AuthenticationChallenge, challengeParameter, tokenChallenge } from '../protocol/challenge.ts';
import { splitScope } from '../protocol/parameters.ts';
import { joined, own, type Said, say } from '../say.ts';

/** The facts known of a token that an API refused. */
export interface RefusedToken {
  /** As granted; null when it is not known. */
  readonly scope: readonly string[] | null;
  readonly expiresAt: Date | null;
  /** The resource that its login asked for, where that is of another origin than the API. */
  readonly askedFor?: string | undefined;
  /** The command that logs in for it, without options for more; undefined when it is of no session. */
  readonly loginCommand: string | undefined;
  /** Whether its login is of the device flow or CIBA, which ask for no level of authentication. */
  readonly isElsewhere?: boolean;
  /** Whether it was fetched anew after a first refusal. */
  readonly isFresh: boolean;
  /** Whether it is of a login that the API asked for. */
  readonly isStepped?: boolean;
  /** The value of the DPoP-Nonce header. */
  readonly nonce?: string | undefined;
  /** Whether it was sent with a proof of its key. */
  readonly isBound?: boolean;
  /** Why its binding to a certificate does not hold here, in one sentence. */
  readonly binding?: string | undefined;
  /** Whether it names a key (`cnf.jkt`) that this run does not have. */
  readonly lacksKey?: boolean;
}

/** A cause before it is weighed: what it is, why it may be so, what to do. */
type Explained = readonly [cause: Sentence, why: Sentence, fix: Sentence, source?: string];

/**
 * Why an API refused a token and what to try, the likeliest first (RFC 9110 §11.6.1, RFC 6750 §3.1, RFC 9449 §7.1,
 * RFC 9470 §3, RFC 9728 §5.1).
 */
export function explainChallenge(
  challenges: readonly AuthenticationChallenge[],
  status: number,
  token: RefusedToken,
  now: Date,
): Diagnosed {
  const challenge = tokenChallenge(challenges);
  const causes =
    challenge === undefined
      ? withoutTokenChallenge(challenges, status)
      : ofTokenChallenge(challenge, status, token, now);
  return rank(
    [
      ...causes.map(
        ([cause, why, fix, source], index): Candidate => ({
          cause,
          why,
          try: fix,
          confidence: index === 0 ? 'medium' : 'low',
          source,
        }),
      ),
      ruledOut(
        'The token has expired.',
        status === 401 &&
          token.expiresAt !== null &&
          token.expiresAt > now &&
          say`The server said that it is valid until ${momentText(token.expiresAt.getTime() / 1000, now)}.`,
      ),
    ],
    'debug',
  );
}

function ofTokenChallenge(
  challenge: AuthenticationChallenge,
  status: number,
  token: RefusedToken,
  now: Date,
): readonly Explained[] {
  const value = (name: string) => challengeParameter(challenge, name);
  const error = errorOf(challenge, status);
  const explain = error === null ? undefined : ownMember(explanations, error);
  const metadata = value('resource_metadata');
  const wishes = ['scope', 'acr_values', 'max_age'].flatMap((name) => {
    const wish = value(name);
    return wish === null ? [] : [say`${own(name)} ${wish}`];
  });
  const isRefusedAgain = token.isStepped === true && /^insufficient_/.test(error ?? '') && wishes.length > 0;
  const found: readonly (Explained | false)[] = [
    token.binding !== undefined && [
      say`${token.binding}`,
      'The server bound the token to the certificate that it was obtained with.',
      'Give that certificate: --cert FILE --key FILE.',
      'RFC 8705 §3',
    ],
    token.lacksKey === true && [
      'The token is bound to a key (DPoP), and was sent as a Bearer token without a proof of that key.',
      'Its claim cnf.jkt names the key, which the API asks a proof of.',
      'Give that key with --dpop-key FILE.',
      'RFC 9449 §6, §7.1',
    ],
    /^dpop$/i.test(challenge.scheme) &&
      error === null &&
      token.lacksKey !== true &&
      token.isBound !== true && [
        'The API wants a token that is bound to a key (DPoP).',
        'Its challenge names the scheme DPoP, and this token was sent as a Bearer token.',
        'Get a token with --dpop.',
        'RFC 9449 §7.1',
      ],
    status === 401 &&
      token.askedFor !== undefined && [
        'The token is for another API.',
        say`The login asked for one for ${token.askedFor}.`,
        'Log in for this API: oauth-code login --resource-url URL --save NAME.',
        'RFC 8707 §2',
      ],
    isRefusedAgain && [
      say`The new login did not satisfy the API, which wants ${joined(wishes, ', ')}.`,
      'The login that it asked for was made, and the token of that login is refused in the same way.',
      'Compare scope, acr and auth_time of the new tokens with what the API wants: the server may not have met it.',
      'RFC 9470 §3',
    ],
    ...(error === null
      ? silentCauses(status)
      : isRefusedAgain
        ? []
        : (explain?.(value, token, now, stepUpOf(challenge, status, token.scope)) ?? [])),
    metadata !== null && [
      'The token is from an authorization server that the API does not trust, or has another scope than it wants.',
      say`The metadata of the API says which it takes: ${metadata}`,
      'Compare authorization_servers and scopes_supported of that document with the login.',
      'RFC 9728 §3.2',
    ],
    !challenge.wellFormed && [
      'The WWW-Authenticate header is malformed.',
      'It does not follow the grammar of RFC 9110 §11.6.1; other clients may not understand it.',
      'Have the API corrected.',
    ],
  ];
  return found.filter((one) => one !== false);
}

type Value = (name: string) => string | null;
type Explanation = (
  value: Value,
  token: RefusedToken,
  now: Date,
  step: StepUp | undefined,
) => readonly Explained[];

const explanations: Readonly<Record<string, Explanation>> = {
  invalid_token: (_, { expiresAt, isFresh, loginCommand, askedFor }, now) => {
    const again = logIn(loginCommand);
    const expired: Explained = [
      'The token has expired.',
      'The server said how long it is valid, and that time is over.',
      again,
      'RFC 6750 §3.1',
    ];
    const revoked: Explained = [
      'The token was revoked, or the clocks differ.',
      'An API answers in the same way to both.',
      again,
    ];
    const elsewhere: Explained = [
      'The token is for another API.',
      isFresh
        ? 'It was refused again right after a refresh, so its age is not the reason.'
        : 'A token with another audience is refused with invalid_token too.',
      'Compare its "aud" with what this API wants, and log in with that as --resource or --audience.',
      'RFC 6750 §3.1; RFC 8707 §2',
    ];
    return [
      ...(expiresAt !== null && expiresAt <= now ? [expired] : []),
      ...(askedFor === undefined ? [elsewhere] : []),
      [
        'The token is from another issuer or environment than the one this API trusts.',
        'A token of another issuer is refused with invalid_token too.',
        'Compare its "iss" with the issuer that the API is configured for.',
      ],
      ...(isFresh ? [] : [revoked]),
    ];
  },
  insufficient_scope: (value, token, _now, step) => {
    const { scope } = token;
    const needed = (value('scope') ?? '').split(' ').filter((word) => word !== '');
    const missing = needed.filter((word) => scope?.includes(word) !== true);
    const has: Sentence = scope === null || scope.length === 0 ? '' : say`The token has: ${scope.join(' ')}.`;
    if (needed.length === 0)
      return [
        [
          'The token allows too little.',
          has === ''
            ? 'The API does not say what is missing.'
            : say`The API does not say what is missing. ${has}`,
          'Look up the scope that the API wants, and ask for it with --scope at the login.',
          'RFC 6750 §3.1',
        ],
      ];
    if (missing.length === 0) {
      return [
        [
          'The user, or the client, lacks a right beyond the scope.',
          say`The API wants ${needed.join(' ')}, which the token has.`,
          'Have the right granted at the API.',
          'RFC 6750 §3.1',
        ],
      ];
    }
    const command = step && stepUpCommand(step, token);
    return [
      [
        say`The token lacks the scope ${missing.join(' ')}.`,
        has === '' ? 'The API names the scope that it wants.' : has,
        command === undefined ? 'Ask for more with --scope.' : say`Log in with that scope: ${own(command)}`,
        'RFC 6750 §3.1',
      ],
    ];
  },
  insufficient_user_authentication: (_value, token, _now, step) => {
    const command = step && stepUpCommand(step, token);
    return [
      [
        say`The API wants a login ${stepUpText(step) || own('that is stronger or more recent')}.`,
        'The login that this token comes from is not enough (step-up).',
        command === undefined
          ? 'Log in again for that with --acr-values and --max-age.'
          : say`Log in again for that: ${own(command)}`,
        'RFC 9470 §3',
      ],
    ];
  },
  invalid_request: () => [
    [
      'The API does not understand the request.',
      'It answers so to a token in the query or body as well, and to a wrong parameter.',
      'Compare URL, query and body with what the API documents.',
      'RFC 6750 §3.1',
    ],
  ],
  invalid_dpop_proof: () => [
    [
      'The DPoP proof is refused: most often a wrong clock.',
      'A proof is valid for a short time only.',
      'Check the clock of this machine.',
      'RFC 9449 §7.1',
    ],
  ],
  use_dpop_nonce: (_, { nonce }) => [
    nonce === undefined
      ? [
          'The API wants its nonce in the DPoP proof, and does not give one.',
          'The DPoP-Nonce header of its answer is missing.',
          'Have the API corrected.',
          'RFC 9449 §9',
        ]
      : [
          'The API refused the nonce that it had given just before.',
          'Its instances may not share the secret of their nonces.',
          'Have the instances share it, or send the request again.',
          'RFC 9449 §9',
        ],
  ],
};

/** What a login has to ask for so that an API takes its token. */
export interface StepUp {
  /** That the token lacks. */
  readonly scope: readonly string[];
  readonly acrValues: string | null;
  readonly maxAge: string | null;
}

/** The error of a challenge, which some leave out of a 403 that names the scope it is about (RFC 6750 §3.1). */
export function errorOf(challenge: AuthenticationChallenge, status: number): string | null {
  const isOfScope = status === 403 && challengeParameter(challenge, 'scope') !== null;
  return challengeParameter(challenge, 'error') ?? (isOfScope ? 'insufficient_scope' : null);
}

/**
 * What a challenge asks for beyond what was granted (RFC 9470 §3, RFC 6750 §3.1); undefined where it does not ask for a
 * login, or does not say for which.
 */
export function stepUpOf(
  challenge: AuthenticationChallenge,
  status: number,
  granted: readonly string[] | null,
): StepUp | undefined {
  const value = (name: string) => challengeParameter(challenge, name);
  if (!/^insufficient_(?:scope|user_authentication)$/.test(errorOf(challenge, status) ?? ''))
    return undefined;
  const scope = splitScope(value('scope') ?? '').filter((word) => granted?.includes(word) !== true);
  const acrValues = value('acr_values');
  const maxAge = /^\d+$/.exec(value('max_age') ?? '')?.[0] ?? null;
  const isUnsaid = scope.length === 0 && acrValues === null && maxAge === null;
  return isUnsaid ? undefined : { scope, acrValues, maxAge };
}

/** A step-up as the end of a sentence about a login; empty where it is about the scope alone. */
function stepUpText(step: StepUp | undefined): string {
  const { acrValues = null, maxAge = null } = step ?? {};
  return [
    ...(acrValues === null ? [] : [`of the level ${acrValues}`]),
    ...(maxAge === null ? [] : [`not older than ${maxAge} seconds`]),
  ].join(' and ');
}

/** The command that logs in as a challenge wants; undefined without a session, and for words that a shell would read. */
export function stepUpCommand(
  { scope, acrValues, maxAge }: StepUp,
  token: Pick<RefusedToken, 'scope' | 'loginCommand' | 'isElsewhere'>,
): string | undefined {
  const { loginCommand } = token;
  const all = [...new Set([...(token.scope ?? []), ...scope])].join(' ');
  const isSafe = [all || 'x', acrValues ?? 'x'].every(isLiteral) && /^\d+$/.test(maxAge ?? '0');
  if (loginCommand === undefined || !isSafe) return undefined;
  return [
    loginCommand,
    ...(scope.length === 0 ? [] : [`--scope "${all}"`]),
    ...(token.isElsewhere && (acrValues ?? maxAge) !== null ? ['--flow code'] : []),
    ...(acrValues === null ? [] : [`--acr-values "${acrValues}"`]),
    ...(maxAge === null ? [] : [`--max-age ${maxAge}`]),
  ].join(' ');
}

/** Words of an API go into a command to be pasted only when a shell takes them literally. */
function isLiteral(words: string): boolean {
  return /^[\w.:/@%+=~,-]+(?: [\w.:/@%+=~,-]+)*$/.test(words);
}

function silentCauses(status: number): readonly Explained[] {
  return status === 401
    ? [
        [
          'The API did not see the token.',
          'It says that a token is needed, and not what is wrong with this one.',
          'Look for a gateway that drops the Authorization header.',
          'RFC 6750 §3.1',
        ],
        otherToken('An API may answer so to a token that it does not know.'),
      ]
    : [otherToken('The API does not say what is wrong with the token.')];
}

function withoutTokenChallenge(
  challenges: readonly AuthenticationChallenge[],
  status: number,
): readonly Explained[] {
  const schemes = challenges.map(({ scheme }) => scheme);
  if (schemes.length > 0) {
    return [
      [
        say`The API asks for ${schemes.join(' or ')}, not for a Bearer token.`,
        'These are other credentials than an access token.',
        'Compare the URL with what the API documents: another host or a gateway may have answered.',
        'RFC 9110 §11.6.1',
      ],
    ];
  }
  return status === 401
    ? [
        otherToken(
          'The API does not say how to authenticate, although a 401 has to (WWW-Authenticate, RFC 9110 §15.5.2).',
        ),
      ]
    : [];
}

function otherToken(why: Sentence): Explained {
  return [
    'The token is for another API, from another issuer, or expired.',
    why,
    'Compare its "aud", "iss" and "exp" with what the API wants: oauth-code decode shows them.',
  ];
}

function logIn(command: string | undefined): Said {
  return command === undefined ? own('Get a new token.') : say`Log in again: ${own(command)}`;
}
