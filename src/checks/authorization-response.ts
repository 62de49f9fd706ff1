import type { JsonObject } from '../json/json.ts';
import type { AuthorizationResponseReading } from '../protocol/authorization-response.ts';
import { callbackErrorCodes } from '../protocol/error-members.ts';
import { type Parameters, parameterValue } from '../protocol/parameters.ts';
import { own, remember, say } from '../say.ts';
import {
  type CheckResult,
  checkResult,
  comparedWith,
  type Finding,
  fail,
  finding,
  findingsOf,
  type Judgement,
  pass,
  skip,
  underId,
  unlessViolated,
  type Verdict,
  warn,
} from './check-result.ts';
import { issuerDifference } from './difference.ts';
import { findErrorMemberDeviations } from './error-response.ts';
import { findEmptyParameters } from './representation.ts';
import { namesText, shownValue } from './shown-value.ts';

/** An authorization response and what it is compared with. */
export interface AuthorizationResponseEvidence {
  readonly reading: AuthorizationResponseReading;
  /** The issuer that was configured or discovered; null when none is known. */
  readonly issuer: string | null;
  /** Whether the metadata has `authorization_response_iss_parameter_supported: true`. */
  readonly issRequired: boolean;
  /** Whether an ID token that was asked for came with it, which names the issuer too. */
  readonly hasIdToken?: boolean;
  /** Of the authorization request; absent when it is not known. */
  readonly sent?: Parameters;
}

/**
 * Judges an authorization response, a successful one or an error: its form, `state`, `iss` and the members of an error
 * (RFC 6749 §4.1.2, §4.1.2.1; RFC 9207 §2.4).
 */
export function judgeAuthorizationResponse(evidence: AuthorizationResponseEvidence): Judgement[] {
  const { reading } = evidence;
  const form = [...findFormDeviations(reading), ...findEmptyParameters(reading.emptyParameters)];
  const repeated = findRepeatedParameters(reading);
  return [
    ...checkForm(reading.type).flatMap((sound) => unlessViolated(sound, [...form, ...repeated])),
    judgeState(reading),
    underId('iss', reading.jwt === undefined ? judgeIss(evidence) : inJwt),
    ...checkResponseMode(evidence),
    ...findUnaskedTokens(evidence),
    ...findReadableTokens(evidence),
    ...form,
    ...findErrorDeviations(reading),
    ...repeated,
  ];
}

const inJwt = skip('The JWT of the response names the issuer.');

/** An error has no form that could be wrong: the run ends with it. */
function checkForm(type: AuthorizationResponseReading['type']): CheckResult[] {
  if (type === 'error') return [];
  const verdict =
    type === 'neither'
      ? fail('The response has neither a code nor an error.')
      : pass(type === 'code' ? 'The response has a code.' : 'The response has tokens.');
  return [underId('authorization-response', verdict)];
}

/** What a response brings for each word of its response type (OAuth Multiple Response Types §3, §5). */
export const parts = { code: 'code', id_token: 'id_token', access_token: 'token' };

/** Judges whether `state` came back as it was sent (RFC 6749 §4.1.2, §10.12). */
function judgeState({ stateComparison, state, sentState }: AuthorizationResponseReading): Judgement {
  const compared = comparedWith(shownValue(sentState ?? undefined), state ?? undefined);
  switch (stateComparison) {
    case 'not-sent':
      return state === null
        ? checkResult('state', 'skipped', 'No state was sent.')
        : checkResult('state', 'fail', 'No state was sent: the answer belongs to another login.', compared);
    case 'same':
      return checkResult('state', 'pass', 'state came back as it was sent.', compared);
    case 'missing':
      return finding('state-missing', 'state was sent and did not come back.');
    case 'different':
    case 'later':
      return finding(
        'state-mismatch',
        'state came back with another value: the answer belongs to another login, or is forged.',
        `${state?.length ?? 0} characters, ${sentState?.length ?? 0} were sent`,
      );
  }
}

/** Judges `iss` whenever it is there, and demands it when the server advertises it (RFC 9207 §2.4). */
export function judgeIss({
  reading: { iss },
  issuer,
  issRequired,
  hasIdToken = false,
}: AuthorizationResponseEvidence): Verdict {
  const compared = comparedWith(issuer, iss ?? undefined);
  if (iss === null) {
    if (hasIdToken) return skip('The ID token of the response names the issuer.');
    return issRequired
      ? fail('iss is missing although the server advertises that it sends it.', compared)
      : skip('iss is missing, and the server does not advertise that it sends one.');
  }
  if (issuer === null) return skip('No issuer is known to compare iss with.', compared);
  if (iss === issuer) return pass('iss is the issuer.', compared);
  const difference = issuerDifference(issuer, iss);
  return fail(say`iss is not the issuer: the answer may come from another server. ${difference}`, compared);
}

/** How an answer of each response mode comes, in words. */
const waysOfAnswers = { query: 'in the query', fragment: 'in the fragment', form_post: 'in a form by POST' };

const modes = { GET: 'query', PASTE: 'query', FRAGMENT: 'fragment', POST: 'form_post' } as const;

const isAddress = (url: string) => /^[a-z][a-z\d+.-]*:/i.test(url);

/**
 * Checks that the answer came by the response mode that was asked for. Without one there is nothing to list unless it
 * came by another than the default of its response type (OAuth Multiple Response Types §2.1, §5; Form Post §2). The modes of JARM
 * bring their JWT by the same ways (JARM §2.3).
 */
function checkResponseMode({ reading, sent }: AuthorizationResponseEvidence): Judgement[] {
  if (sent === undefined) return [];
  const { received, jwt } = reading;
  const id = 'response-mode';
  const asked = parameterValue(sent, 'response_mode') || undefined;
  const bringsTokens = /\b(?:id_)?token\b/.test(parameterValue(sent, 'response_type') ?? '');
  const usual = bringsTokens ? 'fragment' : 'query';
  const expected = asked?.replace(/^jwt$|\.jwt$/, '') || usual;
  if (received.method === 'PASTE' && !isAddress(received.url)) {
    const detail = 'A pasted answer does not show how it came.';
    return asked === undefined ? [] : [checkResult(id, 'skipped', detail, { expected })];
  }
  const mode = modes[received.method];
  const compared = { expected, received: mode };
  // An error brings no token, and an encrypted JWT shows none (JARM §2.3.1).
  const isReadable = reading.type !== 'error' && (jwt?.encryption ?? 'none') === 'none';
  if (mode === 'query' && bringsTokens && isReadable) {
    const detail = 'The answer came in the query, where tokens get into histories and logs.';
    const safe = expected === mode ? usual : expected;
    return [checkResult(id, 'fail', detail, { expected: safe, received: mode })];
  }
  if (mode === expected) {
    const detail = own(`The answer came ${waysOfAnswers[mode]}, as was asked.`);
    return asked === undefined ? [] : [checkResult(id, 'pass', detail, compared)];
  }
  const reason =
    asked === undefined
      ? say`without response_mode it is to come by ${own(usual)}`
      : say`${asked} was asked for`;
  const risk = own(
    mode === 'query' && reading.type === 'code' ? ' A code in a URL gets into histories and logs.' : '',
  );
  return [finding(id, say`The answer came ${own(waysOfAnswers[mode])}; ${reason}.${risk}`, mode)];
}

/** Finds tokens that the response type does not bring: they came through the browser for nothing. */
function findUnaskedTokens({ reading: { parameters }, sent }: AuthorizationResponseEvidence): Finding[] {
  const type = parameterValue(sent ?? [], 'response_type') ?? '';
  // A refresh token never comes through the browser (RFC 6749 §4.2.2).
  const names = Object.entries({ ...parts, refresh_token: 'none' }).flatMap(([name, word]) =>
    parameterValue(parameters, name) && !type.split(' ').includes(word) ? [name] : [],
  );
  return findingsOf({
    'callback-tokens-unasked': type !== '' &&
      names.length > 0 && [
        say`The response brings ${own(names.join(' and '))}, which response_type ${type} does not ask for. It was ignored.`,
        names.join(', '),
      ],
  });
}

/** Finds tokens that stand in a URL; of a known request those that it asks for (OAuth Multiple Response Types §3, §5). */
function findReadableTokens({ reading, sent }: AuthorizationResponseEvidence): Finding[] {
  const { received, parameters, jwt } = reading;
  const type = parameterValue(sent ?? [], 'response_type') ?? '';
  const isAsked = (word: string) => type === '' || type.split(' ').includes(word);
  const names = (['access_token', 'id_token'] as const).filter(
    (name) => parameterValue(parameters, name) && isAsked(parts[name]),
  );
  const isReadable = modes[received.method] === 'query' && (jwt?.encryption ?? 'none') === 'none';
  const isBare = received.method === 'PASTE' && !isAddress(received.url);
  return findingsOf({
    'response-mode-unsafe': names.length > 0 &&
      isReadable &&
      !isBare && [
        say`${own(names.join(' and '))} came in the query, which gets into histories and logs.`,
        names.join(', '),
      ],
  });
}

function findFormDeviations(reading: AuthorizationResponseReading): Finding[] {
  const { fragment, secondQuestionMark } = reading;
  return findingsOf({
    'parameter-renamed': reading.type === 'code' &&
      reading.codeName !== 'code' && [
        say`The code came under the name ${namesText([reading.codeName])}.`,
        `code as ${namesText([reading.codeName])}`,
      ],
    'callback-fragment-present': fragment !== null && [
      'The URL has a fragment, which is not part of the response.',
      `${fragment.length} characters behind #`,
    ],
    'callback-query-malformed': secondQuestionMark && [
      'The query has a second "?", which was read as "&": the redirect URI already had a query.',
      'a second "?"',
    ],
  });
}

/** Finds parameters of the answer that are given more than once (RFC 6749 §3.1): a client must not choose one. */
function findRepeatedParameters({ repeated }: AuthorizationResponseReading): Finding[] {
  const names = repeated
    .filter((name) => /^(?:code|state|iss|error|response|aud|exp|(?:id|access)_token)$/.test(name))
    .join(', ');
  return findingsOf({
    'callback-parameter-repeated': names !== '' && [
      say`Given more than once, so it is unknown which one counts: ${own(names)}.`,
      remember(own(names)),
    ],
  });
}

const standardMembers = ['error', 'error_description', 'error_uri', 'state', 'iss', 'session_state'];
/** What its JWT says of itself (JARM §2.1). */
const jwtMembers = ['aud', 'exp', 'iat', 'nbf', 'jti'];

function findErrorDeviations({ type, parameters, jwt }: AuthorizationResponseReading): Finding[] {
  if (type === 'code' || type === 'tokens') return [];
  const names = [...new Set(parameters.map(([name]) => name))];
  // Of entries with the same name the last stands, so the first is put last.
  const firstValues: JsonObject = Object.fromEntries([...parameters].reverse());
  return findErrorMemberDeviations(firstValues, names, {
    knownCodes: callbackErrorCodes,
    standardMembers: jwt === undefined ? standardMembers : [...standardMembers, ...jwtMembers],
  });
}

const pkceVerdicts = {
  S256: pass('The code is bound to this run by a hashed code verifier.'),
  plain: warn(
    'With plain the verifier itself is in the authorization URL: anyone who sees the URL can redeem the code.',
  ),
  off: warn('Without PKCE a stolen authorization code can be redeemed by others.'),
};

/** Checks how the code of the answer is protected: by the PKCE method of the request (RFC 7636, RFC 9700 §2.1.1). */
export function checkPkce(method: keyof typeof pkceVerdicts): CheckResult {
  return underId('pkce', { ...pkceVerdicts[method], expected: remember('S256'), received: method });
}
