import { combinedHeaderValue } from '../http-message.ts';
import { endOfQuotedText } from '../protocol/quoted-text.ts';
import { isRegisteredTokenType, schemeOf } from '../protocol/token-parameters.ts';
import { type TokensReading, usedTokenType } from '../protocol/token-response.ts';
import { own, remember, say } from '../say.ts';
import {
  comparedWith,
  type Finding,
  finding,
  findingsOf,
  type Judgement,
  pass,
  underId,
  unlessViolated,
  type Verdict,
  warn,
} from './check-result.ts';
import { findJsonDeviations, findParameterDeviations, findUnsafeNumbers } from './representation.ts';
import { durationText, listed, namesText, plural, quoted, shownValue } from './shown-value.ts';

/**
 * Judges a response with tokens: its form, the type, lifetime and scope of the access token, and whether it may be
 * stored (RFC 6749 §5.1; OIDC Core §3.1.3.3).
 *
 * @param requestedScope empty when no scope was requested.
 */
export function judgeTokenResponse(
  reading: TokensReading,
  requestedScope: readonly string[] = [],
): Judgement[] {
  const body = [...findJsonDeviations(reading), ...findStatusDeviation(reading)];
  const missing = findingsOf({
    'access-token-missing': reading.accessToken === null && 'There is an ID token but no access token.',
  });
  const places = findPlaceDeviations(reading);
  const members = [
    ...findParameterDeviations(reading),
    ...findUnsafeNumbers(reading),
    ...findEnvelope(reading),
  ];
  const sound = underId('token-response', pass('The response has tokens where they belong.'));
  return [
    ...unlessViolated(sound, [...body, ...missing, ...places, ...members]),
    ...body,
    ...judgeCaching(reading),
    ...missing,
    judgeTokenType(reading),
    ...places,
    ...findMissingIdToken(reading),
    ...judgeLifetime(reading),
    ...findScopeDeviations(reading),
    underId('granted-scope', judgeScope(reading.scope, requestedScope)),
    ...members,
  ];
}

function findStatusDeviation({ response: { status } }: TokensReading): Finding[] {
  return findingsOf({
    'success-status-not-200': status !== 200 && [say`The tokens came with status ${status}.`, String(status)],
  });
}

/** Judges whether anything on the way may store the tokens: `Cache-Control: no-store` forbids it (RFC 6749 §5.1). */
function judgeCaching({ response }: TokensReading): Judgement[] {
  const compared = comparedWith(own('no-store'), combinedHeaderValue(response.headers, 'cache-control'));
  return [
    hasDirective(response, 'cache-control', 'no-store')
      ? underId('cache-control', pass('The response may not be stored.', compared))
      : finding('cache-control-missing', 'No Cache-Control: no-store forbids storing the tokens.'),
    ...findingsOf({
      'pragma-missing':
        !hasDirective(response, 'pragma', 'no-cache') &&
        'There is no Pragma: no-cache; newer specifications do without it.',
    }),
  ];
}

/** Quoted strings are left out first: they may hold commas (RFC 9111 §5.2). */
function hasDirective({ headers }: TokensReading['response'], field: string, directive: string): boolean {
  const value = withoutQuotedText(combinedHeaderValue(headers, field) ?? '');
  return value.split(',').some((part) => part.split('=', 1)[0]?.trim().toLowerCase() === directive);
}

function withoutQuotedText(value: string): string {
  let kept = '';
  let from = 0;
  for (let start = value.indexOf('"'); start !== -1; start = value.indexOf('"', from)) {
    kept += value.slice(from, start);
    from = endOfQuotedText(value, start);
  }
  return kept + value.slice(from);
}

/** Judges whether it is known how to use the access token (RFC 6749 §7.1, RFC 6750, RFC 9449 §5). */
function judgeTokenType(reading: TokensReading): Judgement {
  const { tokenType } = reading;
  const compared = comparedWith(own('Bearer or DPoP'), tokenType ?? undefined);
  if (tokenType === null) {
    const used = usedTokenType(reading);
    if (used === null)
      return finding('token-type-missing', 'token_type is missing: the type of the access token is unknown.');
    return used === '""'
      ? finding('token-type-missing', 'token_type is empty: it does not say Bearer.')
      : underId('token-type', warn('token_type is not a string.', compared));
  }
  const use = schemeOf(tokenType);
  if (use !== undefined) return underId('token-type', pass(`The access token is used as ${use}.`, compared));
  const { issued_token_type: issued } = reading.tokenMembers;
  if (tokenType === 'N_A' && typeof issued === 'string' && !issued.endsWith(':access_token'))
    return underId('token-type', pass('The issued token is not an access token.', compared));
  if (isRegisteredTokenType(tokenType) || isAbsoluteUri(tokenType))
    return underId(
      'token-type',
      warn('oauth-code does not know how to use an access token of this type.', compared),
    );
  return finding(
    'token-type-unregistered',
    say`The token type ${quoted(tokenType)} is neither registered nor an absolute URI.`,
    `token_type: ${quoted(tokenType)}`,
  );
}

/** Tokens that stand elsewhere or under other names than their own. */
function findPlaceDeviations({ path, renamed, additionalTokens }: TokensReading): Finding[] {
  const renamedText = renamed.map(({ parameter, name }) => `${parameter} as ${namesText([name])}`).join(', ');
  const furtherPlaces = additionalTokens.map(placeText).join(', ');
  return findingsOf({
    'parameter-renamed': renamed.length > 0 && [say`Not under its own name: ${renamedText}.`, renamedText],
    'tokens-nested': path !== '' && [
      say`The tokens stand in ${namesText([path])}, not at the top level.`,
      namesText([path]),
    ],
    'additional-tokens': additionalTokens.length > 0 && [
      say`A different access token stands in ${furtherPlaces}.`,
      furtherPlaces,
    ],
  });
}

/** Tells whether `openid` was asked for and the granted scope does not take it back (OIDC Core §3.1.3.3). */
export function isIdTokenDue(
  { scope }: Pick<TokensReading, 'scope'>,
  requestedScope: readonly string[],
): boolean {
  const isGranted = scope === null || scope.length === 0 || scope.includes('openid');
  return requestedScope.includes('openid') && isGranted;
}

function findMissingIdToken(reading: TokensReading): Finding[] {
  const { idToken, asked } = reading;
  return findingsOf({
    'id-token-missing':
      idToken === null &&
      asked.grant === 'authorization_code' &&
      isIdTokenDue(reading, asked.scope ?? []) &&
      'openid was requested and there is no ID token.',
  });
}

function placeText(path: string): string {
  return path === '' ? 'the top level' : namesText([path]);
}

/** RFC 3986 §4.3: a scheme, then at least something, and no fragment. */
function isAbsoluteUri(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:[^\s#<>"{}|\\^`]+$/i.test(text);
}

const largestInt32 = 2_147_483_647;

/** Judges whether the access token has a plausible lifetime, in seconds, as a number (RFC 6749 §5.1). */
function judgeLifetime(reading: TokensReading): Judgement[] {
  const { expiresInSeconds: seconds, absoluteExpiry, body } = reading;
  if (seconds === null) {
    const instead = absoluteExpiry && namesText([absoluteExpiry.name]);
    return findingsOf({
      'expires-in-missing':
        instead === null && 'expires_in is missing: the lifetime of the access token is unknown.',
      'expires-at-instead-of-expires-in': instead !== null && [
        say`The expiry is given as a moment only, in ${instead}.`,
        instead,
      ],
    });
  }
  const isJson = body.type === 'json' || body.type === 'wrapped_json';
  const violations = findingsOf({
    'expires-in-string': isJson &&
      reading.lifetimeType === 'string' && [
        'The lifetime is a string of digits instead of a number.',
        `"${seconds}"`,
      ],
    'expires-in-zero': seconds <= 0 && [
      say`The lifetime is ${seconds} s; servers use it for "does not expire".`,
      `${seconds}`,
    ],
    'expires-in-over-int32': seconds > largestInt32 && [
      say`The lifetime of ${seconds} s is beyond 68 years; milliseconds or a moment were probably meant.`,
      `${seconds}`,
    ],
  });
  const detail = say`The access token lives ${durationText(seconds)}.`;
  const plausible = underId('expires-in', pass(detail, { received: say`${seconds} s` }));
  return [...unlessViolated(plausible, violations), ...violations];
}

/** Compares granted with requested scope, naming missing and additional values (RFC 6749 §3.3, §5.1). */
function judgeScope(scope: readonly string[] | null, requestedScope: readonly string[]): Verdict {
  const requested = shownValue(requestedScope.join(' '));
  if (scope === null) {
    const meaning = requestedScope.length === 0 ? ' and none was requested' : ', which means: as requested';
    return pass(`The response has no scope${meaning}.`, comparedWith(requested, undefined));
  }
  const compared = comparedWith(requested, scope.join(' '));
  if (requestedScope.length === 0)
    return pass('No scope was requested; the server chose one.', comparedWith(null, scope.join(' ')));
  const missing = requestedScope.filter((value) => !scope.includes(value)).map(shownValue);
  const extra = scope.filter((value) => !requestedScope.includes(value)).map(shownValue);
  if (missing.length === 0 && extra.length === 0)
    return pass('All of the requested scope was granted.', compared);
  const parts = [
    ...(missing.length > 0 ? [`not granted: ${listed(missing, 10)}`] : []),
    ...(extra.length > 0 ? [`granted without being requested: ${listed(extra, 10)}`] : []),
  ];
  return warn(say`The scope differs from the request; ${parts.join('; ')}.`, compared);
}

function findScopeDeviations({ scopeForm, scope }: TokensReading): Finding[] {
  const count = `${scope?.length ?? 0} value${plural(scope ?? [])}`;
  return findingsOf({
    'scope-array': scopeForm === 'array' && [
      'scope is a JSON array instead of a string.',
      remember(say`array of ${count}`),
    ],
    'scope-comma-separated': scopeForm === 'commas' && [
      'scope is separated by commas instead of spaces.',
      remember(say`${count} with commas`),
    ],
  });
}

const envelopeMembers = 'ok success status code errcode errmsg error_code msg message result meta'.split(' ');

function findEnvelope({ members, tokenMembers }: TokensReading): Finding[] {
  const names = envelopeMembers
    .filter((name) => Object.hasOwn(members, name) || Object.hasOwn(tokenMembers, name))
    .join(', ');
  return findingsOf({
    'status-envelope': names !== '' && [
      say`The response says by members of its own how the request went: ${names}.`,
      names,
    ],
  });
}
