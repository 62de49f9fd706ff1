import { isJsonObject } from '../json/json.ts';
import { parseIfJson } from '../json/parse-json-exactly.ts';
import { refreshTokenEnded } from '../protocol/refresh-refusal.ts';
import { own, type Said, say } from '../say.ts';
import type { Candidate, Cause, Sentence } from './diagnosis.ts';
import {
  deviceCodeExpired,
  spentRequestUri,
  unknownClientId,
  unregisteredRedirectUri,
} from './error-table.ts';
import { registrationTokenRefused } from './further-errors.ts';
import {
  asksForAuthorization,
  authenticatesClient,
  type Situation,
  sentValue,
  showsCredentials,
  tokenValue,
} from './situation.ts';

/** A cause whose reason is that the server says so. */
type Named = Omit<Extract<Cause, { readonly confidence?: 'medium' | 'low' }>, 'why'> & {
  readonly why?: Sentence;
};

/** What words of a server name, wherever they come from; `said` are the groups of the pattern. */
type Words = {
  readonly words: RegExp;
  /** Where else it would be about something else; `atServer` when left out. */
  readonly when?: (situation: Situation) => boolean;
} & (Named | { readonly means: (situation: Situation, said: readonly string[]) => Named | Cause });

/**
 * Sentences of the specifications which list everything that an error code may mean; servers send them whole, and then
 * none of the words in them says what it was (RFC 6749 §4.1.2.1, §5.2).
 */
const boilerplate: readonly RegExp[] = [
  /\((?:e\.g\.|for example)[^()]{0,300}\)/gi,
  /The provided authorization grant[^.]{0,300}issued to another client/gi,
  /The request (?:is missing|has) a(?:n invalid or missing)? (?:required )?parameter[^.]{0,300}otherwise malformed/gi,
  /The requested scope is invalid, unknown[^.]{0,200}/gi,
  /Either the client or the client credentials are invalid/gi,
  /Client authentication failed due to unknown client[^.]{0,200}/gi,
];

const clientMethods =
  'client_secret_basic|client_secret_post|client_secret_jwt|private_key_jwt|tls_client_auth|self_signed_tls_client_auth|none';

const hasAssertion = (situation: Situation): boolean =>
  situation.token?.authentication.method === 'assertion' ||
  tokenValue(situation, 'assertion') !== undefined ||
  situation.given['signing-key'] !== undefined ||
  // A client has claims in its assertion alone.
  (situation.error === 'invalid_client' && /\bclaim\b/i.test(situation.description ?? '')) ||
  /assertion|\bJWT\b/i.test(situation.description ?? '');
const isOf = (grant: string) => (situation: Situation) =>
  situation.endpoint === 'token' && (situation.grant === null || situation.grant === grant);
const redeemsCode = (situation: Situation): boolean =>
  isOf('authorization_code')(situation) &&
  (situation.token === null ||
    situation.token.place === 'unknown' ||
    tokenValue(situation, 'code') !== undefined);
const refreshes = isOf('refresh_token');
const isResource = ({ endpoint }: Situation): boolean => endpoint === 'resource';
const isAsserting = (situation: Situation): boolean =>
  authenticatesClient(situation) && hasAssertion(situation);
const atServer = ({ endpoint }: Situation): boolean => endpoint !== 'resource' && endpoint !== 'discovery';
const anywhere = (): boolean => true;

/** Each row is asked; those before stand for more. */
const rows: readonly Words[] = [
  {
    words: new RegExp(
      `(?<!not )\\b(?:supports?|expects?|expected|must (?:use|be)|requires?|registered (?:for|with|to use)|configured (?:for|with|to use)|only accepts?)\\b[^.\\n]{0,60}?['"\`]?\\b(${clientMethods})\\b`,
      'i',
    ),
    when: authenticatesClient,
    means: (_, [method = '']) => ({
      cause: say`The client has to authenticate by ${method}, the server says.`,
      try: {
        login: say`Use --auth-method ${method}.`,
        debug: say`Use ${method}, or register the client for the method that it uses.`,
      },
      source: 'RFC 6749 §2.3; OIDC Core §9',
      expected: method,
    }),
  },
  {
    words:
      /(?:invalid|unsupported|wrong|unexpected|disallowed) (?:client )?auth(?:entication|orization)? method|auth(?:entication)?[ _]method[^.\n]{0,60}(?:not (?:allowed|supported|permitted|registered|match)|mismatch|invalid)/i,
    when: authenticatesClient,
    cause: 'The client is registered for another authentication method.',
    try: {
      login: 'Look up token_endpoint_auth_method of the client, and give it with --auth-method.',
      debug: 'Look up token_endpoint_auth_method of the client, and use that.',
    },
    source: 'RFC 6749 §2.3; RFC 7591 §2',
  },
  {
    words: /pushed[ _]authorization[ _]request|\bPAR\b/i,
    cause: 'The server speaks of pushed authorization requests (PAR): it demands one, or refuses this one.',
    try: 'Push the request where the server demands it, and use each request_uri once and before it expires.',
    source: 'RFC 9126 §2.2, §5',
  },
  {
    // A "request parameter" is any; the one that is called so is quoted, or something is said of it.
    words:
      /request[ _]object|['"`]request['"`] parameter|\brequest (?:jwt\b|parameter (?:is|was|must|has|not)\b)/i,
    when: asksForAuthorization,
    cause: 'The server speaks of the request object: it demands one, or refuses this one.',
    try: 'Send the parameters in a signed request object, with the algorithm that is registered for the client.',
    source: 'RFC 9101 §6, §10.5',
  },
  {
    words: /\brequest_uri\b[^.\n]{0,60}(?:expired|unknown|not found|not exist|(?:been|was|already) used)/i,
    ...spentRequestUri,
  },
  {
    words:
      /\b(state|nonce)\b[^\n]{0,40}(?:too (?:short|weak)|enough (?:characters|entropy)|minimum (?:entropy|length)|at least)/i,
    when: asksForAuthorization,
    means: (_, [name = '']) => ({
      cause: say`${own(name)} is missing or too short for this server.`,
      try: say`Send a random ${own(name)} of 16 characters or more.`,
      source: 'RFC 6749 §10.10, §10.12',
    }),
  },
  {
    words:
      /(?:code[ _]?verifier|verifier|\bPKCE (?:verification|validation|check))\b[^.\n]{0,60}(?:not match|mismatch|invalid|incorrect|failed|failure|wrong|not valid)|(?:invalid|wrong|incorrect|failed to verify|bad) [`'"]?(?:pkce )?code[ _]?verifier|PKCE (?:verification|validation) fail|code[ _]challenge did not match|failed: code_verifier/i,
    when: redeemsCode,
    cause: 'The code_verifier does not fit the code_challenge.',
    about: 'code_verifier',
    try: {
      login: 'Do not set either with --param or --token-param.',
      debug:
        'Keep the verifier of each login until its code is redeemed. Give both requests, and the two are compared.',
    },
    source: 'RFC 7636 §4.6',
  },
  {
    words: /code_challenge_method|\bS256\b|transform algorithm/i,
    cause: 'The server wants another code_challenge_method: S256 in most cases.',
    try: {
      login: 'Use --pkce S256.',
      debug: 'Send code_challenge_method=S256 and the SHA-256 of the verifier.',
    },
    source: 'RFC 7636 §4.3, §4.4.1',
  },
  {
    words:
      /(?:\bPKCE\b|code[ _]challenge|proof key)[^.\n]{0,60}(?:required|missing|mandatory|must|enforced|not (?:provided|specified))|(?:requires?|missing|must (?:use|include|provide))[^.\n]{0,40}(?:\bPKCE\b|code[ _]challenge|proof key)/i,
    cause: 'The server demands PKCE.',
    try: {
      login: 'Leave out --pkce off.',
      debug: 'Send code_challenge and code_challenge_method=S256, then code_verifier with the code.',
    },
    source: 'RFC 7636 §4.4.1',
  },
  {
    words:
      /redirect(?:ion)?[ _-]?ur[il]s?\b[^.\n]{0,80}(?:mismatch|not match|no match|differ|invalid|not (?:registered|allowed|valid|found|in|whitelisted)|unregistered|wrong)|redirect[ _-]?ur[il]s? is identical|(?:incorrect|invalid|wrong|bad|unregistered|unauthorized|mismatched|unknown)[ _]['"`]?redirect(?:ion)?[ _-]?ur[il]|redirect_(?:uri_)?mismatch/i,
    when: (situation) => asksForAuthorization(situation) || redeemsCode(situation),
    // Only a refused code tells by itself that it was a token request.
    means: (situation) =>
      asksForAuthorization(situation) || (situation.token === null && situation.error !== 'invalid_grant')
        ? { ...unregisteredRedirectUri(situation, 'medium'), source: 'RFC 6749 §3.1.2.4' }
        : {
            cause: 'The redirect_uri of the token request is not that of the authorization request.',
            about: 'redirect_uri',
            try: 'Send the same redirect_uri in both requests, and one that is registered.',
            source: 'RFC 6749 §4.1.3',
          },
  },
  {
    words:
      /(?<![a-z])code(?![a-z])[^.\n]{0,60}(?:already|previously)[ _](?:been )?(?:used|redeemed|consumed|claimed)|\bcode\b[^.\n]{0,40}(?:was|is|been) (?:used|redeemed)\b|(?:reuse|re-use|replay) of[^.\n]{0,20}\bcode\b/i,
    when: redeemsCode,
    cause: 'The code was redeemed before: each code works once.',
    try: 'Start a new login, and look for what sends the code again: a retry, a reloaded page, a second instance.',
    source: 'RFC 6749 §4.1.2',
  },
  {
    words:
      /\b(?:device|user)[ _-]?code\b[^.\n]{0,40}expired|expired[^.\n]{0,10}\b(?:device|user)[ _-]?code\b/i,
    ...deviceCodeExpired,
  },
  {
    words:
      /(?<!\b(?:device|user)[ _-])\bcode\b[^.\n]{0,30}\b(?:has |is |was )?(?:already )?(?:expired|too old)|expired(?![^.\n]{0,20}\b(?:device|user)[ _-]code)[^.\n]{0,20}\bcode\b|(?:(?:invalid|incorrect|bad)[ _-]['"`]?(?:auth(?:orization)?[ _-])?|unknown[ _-]['"`]?auth(?:orization)?[ _-])code(?![ _-]?(?:verifier|challenge)|[a-z])/i,
    when: redeemsCode,
    cause: 'The code has expired or was used before.',
    try: 'Start a new login and redeem its code at once and once.',
    source: 'RFC 6749 §4.1.2',
  },
  {
    words: refreshTokenEnded,
    when: refreshes,
    cause: 'The refresh token has expired, was revoked, or was replaced by a newer one.',
    try: { login: 'Log in again.', debug: 'Log in again, and store the newest refresh token each time.' },
    source: 'RFC 6749 §5.2, §6',
  },
  {
    words:
      /(?:different|another|wrong|other) (?:tenant|realm|issuer|directory|organi[sz]ation|environment)\b/i,
    when: authenticatesClient,
    cause: 'The code or token was issued elsewhere: by another tenant, realm or server.',
    try: 'Ask the server that issued it: the same tenant, realm and environment in every URL.',
  },
  {
    words:
      /client(?:[ _-]?id)?\b[^.\n]{0,60}(?:mismatch|not match|don.t match)|(?:different|another) client(?:_id)?\b|(?:code|token)[^.\n]{0,20}not issued to/i,
    when: (situation) => redeemsCode(situation) || refreshes(situation),
    cause: 'The code or token belongs to another client.',
    try: 'Redeem or refresh with the client_id that it was issued to.',
  },
  {
    words: /\baud(?:ience)?\b/i,
    when: isAsserting,
    cause: 'The assertion is for another audience than the server wants.',
    try: {
      login: 'Use --assertion-audience token-endpoint, or the URI that the server names.',
      debug: 'Set aud to the issuer, or to the token endpoint where the server wants that.',
    },
    source: 'RFC 7523 §3',
  },
  {
    words: /\bjti\b|replay|token reuse|already been used|used more than once/i,
    when: isAsserting,
    cause: 'The assertion was sent before: each may be used once.',
    try: 'Make each assertion new, with its own jti.',
    source: 'RFC 7523 §3',
  },
  {
    words:
      /signature|integrity|\bkid\b|public key|verification key|no (?:matching|suitable) key|\bJWKS?\b[^.\n]{0,40}(?:not|no|fail)/i,
    when: isAsserting,
    cause: 'The server does not accept the key or the signature of the assertion.',
    try: {
      login: 'Register the public half of --signing-key for this client, with its kid and alg.',
      debug: 'Register the public key of the client, with its kid and alg.',
    },
    source: 'RFC 7523 §3',
  },
  {
    words:
      /expired|not (?:yet )?(?:valid|active)|in the future|too (?:old|far|long)|\b(?:exp|iat|nbf)\b|short-lived/i,
    when: isAsserting,
    cause: 'The times of the assertion are refused: it has expired, or a clock is wrong.',
    try: 'Set the clock, and make each assertion new with an exp of a few minutes.',
    source: 'RFC 7523 §3',
  },
  {
    words:
      /no (?:matching|suitable) key|(?:signature|\bkid\b)[^.\n]{0,60}(?:invalid|mismatch|unknown|fail|not (?:match|found|valid))|(?:invalid|bad|unknown)[^.\n]{0,20}(?:signature|\bkid\b)|\biss(?:uer)?\b/i,
    when: isResource,
    cause: 'The access token is of another issuer, or not a token of the kind that is taken here.',
    try: 'Decode the token and compare its iss with the issuer whose tokens this resource takes.',
    source: 'RFC 9068 §4',
  },
  {
    words: /\baud(?:ience)?\b/i,
    when: isResource,
    cause: 'The access token is for another audience.',
    try: 'Decode the token and compare its aud with what this resource expects; ask for it with resource, audience or a scope.',
    source: 'RFC 9068 §4; RFC 8707 §2',
  },
  { words: /(?:initial|registration)[ _]access[ _]token/i, when: anywhere, ...registrationTokenRefused },
  {
    words: /expired/i,
    when: isResource,
    cause: 'The access token has expired.',
    try: 'Refresh it before it expires.',
    source: 'RFC 6750 §3.1',
  },
  {
    words: /\bDPoP\b/i,
    // That code says which it is.
    when: ({ error }) => error !== 'use_dpop_nonce',
    cause: 'The server wants a DPoP proof, or another one than it got.',
    try: 'Send a DPoP proof made for this request, with the nonce if the server gave one.',
    source: 'RFC 9449 §5, §7',
  },
  {
    words: /(?:client|tls|x\.?509|mtls)[ _-]?cert(?:ificate)?|\bcertificate\b|mutual[ -]tls|\bmtls\b/i,
    when: authenticatesClient,
    cause: 'The server wants the certificate of the client, or another one than it got.',
    try: 'Send the certificate that is registered for the client, to the mTLS endpoint if the metadata has one.',
    source: 'RFC 8705 §2',
  },
  {
    words: /bearer[- ]only/i,
    when: anywhere,
    cause: 'The client is bearer-only: it accepts tokens and can ask for none.',
    try: 'Use another client for the login, or change the type of this one.',
  },
  {
    words: /service[ _-]?account/i,
    when: authenticatesClient,
    cause: 'The client may not use client credentials: its service account is not enabled.',
    try: 'Enable the service account of the client at the server.',
    source: 'RFC 6749 §4.4',
  },
  {
    words:
      /(?:client|application|\bapp\b)[^.\n]{0,40}\b(?:disabled|deactivated|inactive|suspended|not (?:active|in (?:an )?active|enabled(?! to\b| for\b)))|disabled client/i,
    cause: 'The client is disabled.',
    try: 'Enable it at the server.',
  },
  {
    words: /(?:user|account)[^.\n]{0,40}\b(?:disabled|deactivated|locked|suspended|blocked)/i,
    cause: "The user's account is disabled or locked.",
    try: 'Have it enabled at the server, or sign in with another account.',
  },
  {
    words:
      /grant[ _-]?types?\b[^.\n]{0,80}\bnot (?:been )?(?:allowed|enabled|authori[sz]ed|permitted|supported)|not (?:allowed|authori[sz]ed|permitted|enabled)[^.\n]{0,60}\bgrants?\b|unauthori[sz]ed grant/i,
    when: authenticatesClient,
    means: ({ grant }) => ({
      cause: 'The client may not use this grant.',
      try: say`Allow ${grant ?? own('the grant')} for this client at the server.`,
    }),
  },
  {
    words: /secret[^.\n]{0,40}\bexpired/i,
    when: authenticatesClient,
    cause: 'The client secret has expired.',
    try: 'Make a new secret at the server.',
    source: 'RFC 7591 §3.2.1',
  },
  {
    words:
      /(?:invalid|wrong|incorrect|bad|mismatched)[ _](?:client[ _])?secret|validating client secret|secret\b[^.\n]{0,60}(?:invalid|incorrect|wrong|mismatch|not match|does not)|hashedPassword is not the hash/i,
    when: authenticatesClient,
    cause: 'The client secret is wrong.',
    try: 'Compare the secret with the registration of the client; make a new one if in doubt.',
    source: 'RFC 6749 §2.3.1',
  },
  {
    words:
      /(?:invalid|incorrect|wrong|bad) client[ _]credentials|client[ _]credentials (?:are|were) (?:invalid|incorrect|wrong)/i,
    // A parameter that was not sent is not wrong.
    when: (situation) =>
      authenticatesClient(situation) &&
      !(showsCredentials(situation) && situation.token?.authentication.method === 'none'),
    cause: 'The client_id or the client secret is wrong.',
    try: 'Compare both with the registration of the client.',
    source: 'RFC 6749 §2.3.1',
  },
  {
    words:
      /(?:client|application|\bapp\b)[^.\n]{0,60}(?:not found|unknown|does not exist|doesn't exist|not registered|could not be found|not recognised|not recognized)(?! (?:with|for) (?:the )?scope)|(?:unknown|unregistered|no such) (?:oauth )?client|(?:invalid|wrong|incorrect|unknown)[^.\n]{0,20}(?:\b|_)client[ _-]?id\b(?!['"]?\s*(?:or|and|\/))/i,
    means: (situation) => ({ ...unknownClientId(situation, 'medium'), source: 'RFC 6749 §5.2' }),
  },
  {
    words:
      /(?:invalid|unknown|unsupported|unauthori[sz]ed|disallowed)[^.\n]{0,20}\bscopes?\b|\bscopes?\b[^.\n]{0,60}(?:\binvalid|not (?:allowed|supported|permitted|valid|found|exist|authori[sz]ed|defined)|unknown|unsupported)/i,
    when: ({ endpoint, error }) =>
      endpoint !== 'resource' && endpoint !== 'discovery' && error !== 'invalid_scope',
    cause: 'The server refuses the scope: it is unknown, malformed, or not allowed for this client.',
    try: 'Ask for less, and compare with scopes_supported and what the client is allowed.',
    source: 'RFC 6749 §3.3, §5.2',
  },
  {
    words: /\bconsent/i,
    cause: 'Consent to what the client asks for is missing.',
    try: 'Sign in with a browser and consent, or have an administrator consent.',
    source: 'OIDC Core §3.1.2.6',
  },
  {
    words:
      /\bpolic(?:y|ies)\b[^.\n]{0,60}\b(?:fail|den(?:y|ie)|refus|block|reject|violat|prevent|forbid|restrict|not )|\b(?:fail|den(?:y|ie)|refus|block|reject|violat|prevent|forbid|restrict|not (?:allow|permit))[^.\n]{0,60}\bpolic(?:y|ies)\b/i,
    when: anywhere,
    cause: 'A policy of the server refuses the request.',
    try: 'Look up the policies for this client, user and scope at the server.',
  },
  {
    // invalid_scope says more than the name of the parameter.
    words: /OAuth 2\.0 Parameter: (?!scope\b)(\w+)/,
    means: (situation, [name = '']) => ({
      cause:
        name === 'code_challenge' && situation.authorization && !sentValue(situation, name)
          ? 'The server demands PKCE: code_challenge is missing.'
          : say`The server refuses the parameter ${name}: it is missing, repeated or not valid.`,
      try: say`Compare ${name} with what the server documents.`,
      source: 'RFC 6749 §4.1.2.1, §5.2',
    }),
  },
];

/** Characters on either side of what was found that are quoted with it. */
const around = 60;

/**
 * The causes that the server's own description names (RFC 6749 §4.1.2.1, §5.2). Words can be read wrongly, so none of
 * them is certain; they come before what the error code may mean in general.
 */
export function saidCauses(situation: Situation, explained: readonly string[] = []): readonly Candidate[] {
  const { description, quoted, error, response } = situation;
  const quotedText = quoted.replace(/\\+(["'/])/g, '$1').replace(/\\+[rn]/g, '\n');
  const said = boilerplate.reduce(
    (left, pattern) => left.replace(pattern, ''),
    explained.reduce(
      (left, words) => left.replaceAll(words, ''),
      [description, error, ...hintsIn(response?.body), quotedText].join('\n').slice(0, 20_000),
    ),
  );
  return rows.flatMap(({ words, when = atServer, ...row }) => {
    const match = when(situation) ? words.exec(said) : null;
    if (match === null) return [];
    const cause = 'means' in row ? row.means(situation, match.slice(1)) : row;
    const own = whyOf(said, match.index, match[0].length);
    return [
      { source: 'RFC 6749 §5.2', ...cause, why: cause.why === undefined ? own : say`${own} ${cause.why}` },
    ];
  });
}

/** What a JSON error says beside its description: the League's `hint`, Hydra's `error_hint`, and others. */
function hintsIn(body: string | null | undefined): readonly string[] {
  const members = body == null || !/^\s*\{/.test(body) ? undefined : parseIfJson(body);
  return isJsonObject(members)
    ? Object.entries(members).flatMap(([name, value]) =>
        /hint|detail|debug|reason|cause/i.test(name) && typeof value === 'string' ? [value] : [],
      )
    : [];
}

/** The words that were found, with those around them on their line. */
function whyOf(said: string, index: number, length: number): Said {
  const before = said.slice(Math.max(0, index - around), index);
  const after = said.slice(index + length, index + length + around);
  const [head] = before.split('\n').slice(-1);
  const [tail = ''] = after.split('\n');
  const start = head === before && index > around ? `…${before.replace(/^\S*\s/, '')}` : (head ?? '');
  const isCut = tail === after && after.length === around;
  const end = isCut ? `${after.replace(/\s\S*$/, '')}…` : tail;
  const text = `${start}${said.slice(index, index + length)}${end}`;
  return say`The server says: "${text.trim().replace(/\.$/, '').replaceAll('"', "'")}".`;
}
