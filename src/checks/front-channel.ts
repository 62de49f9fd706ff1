import { claimsOf } from '../jose/jwt.ts';
import { stringifyExactly } from '../json/exact-number.ts';
import { type Parameters, parameterValue } from '../protocol/parameters.ts';
import type { TokensReading } from '../protocol/token-response.ts';
import { own, say } from '../say.ts';
import { findResponseTypeProblems } from './authorization-request.ts';
import { parts } from './authorization-response.ts';
import type { CheckId } from './catalogue.ts';
import {
  type CheckResult,
  checkResult,
  comparedWith,
  fail,
  listChecks,
  pass,
  underId,
  type Verdict,
  warn,
} from './check-result.ts';
import { namesText } from './shown-value.ts';
import { judgeTokenResponse } from './token-response.ts';

/** Lists a failure where an answer lacks a part that its response type asks for (OAuth Multiple Response Types §3, §5). */
export function checkParts(parameters: Parameters, responseType: string): CheckResult[] {
  const missing = Object.entries(parts).flatMap(([name, word]) =>
    responseType.split(' ').includes(word) && !parameterValue(parameters, name) ? [name] : [],
  );
  if (missing.length === 0) return [];
  const detail = say`response_type asks for ${own(missing.join(' and '))}, which the response does not bring.`;
  return [checkResult('authorization-response', 'fail', detail)];
}

/** Warns of an access token that comes through the browser (RFC 9700 §2.1.2). */
export function checkResponseType(responseType: string): CheckResult[] {
  return listChecks(findResponseTypeProblems(responseType.split(' '), undefined));
}

/** What concerns an access token wherever it comes; the others are about the response of a token endpoint. */
const ofAccessToken: readonly CheckId[] = [
  ...(['token-type', 'token-type-missing', 'token-type-unregistered', 'granted-scope'] as const),
  ...(['expires-in', 'expires-in-missing', 'expires-in-zero', 'expires-in-over-int32'] as const),
];

/** Judges the parameters beside an access token that came through the browser (RFC 6749 §4.2.2). */
export function checkBrowserTokens(reading: TokensReading, requestedScope: readonly string[]): CheckResult[] {
  if (!reading.accessToken) return [];
  const judgements = judgeTokenResponse(reading, requestedScope);
  return listChecks(judgements.filter(({ id }) => ofAccessToken.includes(id)));
}

/** The tokens of a hybrid login, by where they came from; null or '' for one that did not come. */
export interface BothTokens {
  readonly browser: Pick<TokensReading, 'accessToken' | 'idToken'>;
  readonly endpoint: Pick<TokensReading, 'accessToken' | 'idToken'>;
}

/** Compares the tokens of both ways of a hybrid login (OIDC Core §3.3.3.6, §3.3.3.8). */
export function compareTokens({ browser, endpoint }: BothTokens): CheckResult[] {
  const idTokens =
    browser.idToken === null || endpoint.idToken === null
      ? []
      : [underId('hybrid-id-tokens', compareIdTokens(browser.idToken, endpoint.idToken))];
  if (!browser.accessToken || !endpoint.accessToken) return idTokens;
  const how = browser.accessToken === endpoint.accessToken ? 'same' : 'different';
  const detail =
    `The access tokens of browser and token endpoint are ${how}, as they may be; that of the token endpoint is used.` as const;
  return [...idTokens, checkResult('hybrid-access-tokens', 'pass', detail)];
}

/** Claims of one token alone: its times, its id and its hashes. */
const ownClaims = new Set(['iat', 'exp', 'nbf', 'jti', 'at_hash', 'c_hash', 's_hash', 'rt_hash']);
const ofAuthentication = ['auth_time', 'acr', 'amr'];

function compareIdTokens(browser: string, endpoint: string): Verdict {
  const [first, second] = [claimsOf(browser), claimsOf(endpoint)];
  for (const name of ['iss', 'sub'])
    if (first[name] !== second[name]) {
      const detail = say`${own(name)} of the ID token from the token endpoint is not that of the one from the browser.`;
      return fail(detail, comparedWith(String(first[name]), second[name]));
    }
  const differing = Object.keys({ ...first, ...second }).filter((name) => {
    const isInBoth = Object.hasOwn(first, name) && Object.hasOwn(second, name);
    if (ownClaims.has(name) || !(isInBoth || ofAuthentication.includes(name))) return false;
    return stringifyExactly(first[name] ?? null) !== stringifyExactly(second[name] ?? null);
  });
  return differing.length === 0
    ? pass('Both ID tokens are about the same user and sign-in.')
    : warn(say`Both ID tokens should agree on ${namesText(differing)}.`);
}
