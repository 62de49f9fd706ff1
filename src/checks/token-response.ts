import { combinedHeaderValue } from '../http-message.ts';
import { isNameOf } from '../protocol/parameter-names.ts';
import { endOfQuotedText } from '../protocol/quoted-text.ts';
import { isRegisteredTokenType } from '../protocol/token-parameters.ts';
import type { TokensReading } from '../protocol/token-response.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { type Finding, finding, foundOf, namesText, plural } from './finding.ts';
import {
  findParameterDeviations,
  findRepresentationDeviations,
  findSyntaxDeviations,
  findUnsafeNumbers,
} from './representation.ts';
import { durationText, listed, quoted, shownValue } from './shown-value.ts';

/** A response with tokens, and the scope that was asked for. */
export interface TokenResponseEvidence {
  readonly reading: Pick<TokensReading, 'tokenType' | 'expiresInSeconds' | 'scope' | 'response'>;
  /** Empty when no scope was requested. */
  readonly requestedScope: readonly string[];
}

/** Makes the checks of a response with tokens: shape, type, lifetime, scope and caching (RFC 6749 §5.1). */
export function checkTokenResponse({ reading, requestedScope }: TokenResponseEvidence): CheckResult[] {
  const cacheControl = combinedHeaderValue(reading.response.headers, 'cache-control');
  return [
    checkResult('token-response', 'pass', 'The response has tokens where they belong.'),
    checkTokenType(reading.tokenType),
    checkExpiresIn(reading.expiresInSeconds),
    checkGrantedScope(reading.scope, requestedScope),
    checkCacheControl(cacheControl),
  ];
}

/** Checks that the token type is one whose use is known here (RFC 6749 §7.1, RFC 6750, RFC 9449 §5). */
export function checkTokenType(tokenType: string | null): CheckResult {
  const expected = 'Bearer or DPoP';
  const received = shownValue(tokenType ?? undefined);
  if (tokenType === null)
    return checkResult('token-type', 'warn', 'token_type is missing.', { expected, received });
  return /^(bearer|dpop)$/i.test(tokenType)
    ? checkResult(
        'token-type',
        'pass',
        `The access token is used as ${/^bearer$/i.test(tokenType) ? 'Bearer' : 'DPoP'}.`,
        {
          expected,
          received,
        },
      )
    : checkResult('token-type', 'warn', 'How to use an access token of this type is not known here.', {
        expected,
        received,
      });
}

/** Checks that the access token has a plausible lifetime (RFC 6749 §5.1). */
export function checkExpiresIn(expiresInSeconds: number | null): CheckResult {
  const received = expiresInSeconds === null ? '(absent)' : `${expiresInSeconds} s`;
  if (expiresInSeconds === null)
    return checkResult('expires-in', 'warn', 'The access token has no lifetime.', { received });
  if (!(expiresInSeconds > 0 && expiresInSeconds <= 2_147_483_647)) {
    return checkResult('expires-in', 'warn', 'The lifetime of the access token is not plausible.', {
      received,
    });
  }
  return checkResult('expires-in', 'pass', `The access token lives ${durationText(expiresInSeconds)}.`, {
    received,
  });
}

/** Compares granted with requested scope, naming what is missing and what is extra (RFC 6749 §3.3, §5.1). */
export function checkGrantedScope(
  scope: readonly string[] | null,
  requestedScope: readonly string[],
): CheckResult {
  const expected = shownValue(requestedScope.join(' '));
  if (scope === null) {
    return checkResult(
      'granted-scope',
      'pass',
      requestedScope.length === 0
        ? 'The response has no scope and none was requested.'
        : 'The response has no scope, which means: as requested.',
      { expected, received: '(absent)' },
    );
  }
  const received = shownValue(scope.join(' '));
  const missing = requestedScope.filter((value) => !scope.includes(value)).map(shownValue);
  const extra = scope.filter((value) => !requestedScope.includes(value)).map(shownValue);
  if (requestedScope.length === 0) {
    return checkResult('granted-scope', 'pass', 'No scope was requested; the server chose one.', {
      received,
    });
  }
  if (missing.length === 0 && extra.length === 0) {
    return checkResult('granted-scope', 'pass', 'All of the requested scope was granted.', {
      expected,
      received,
    });
  }
  const parts = [
    ...(missing.length > 0 ? [`not granted: ${listed(missing, 10)}`] : []),
    ...(extra.length > 0 ? [`granted without being requested: ${listed(extra, 10)}`] : []),
  ];
  return checkResult('granted-scope', 'warn', `The scope differs from the request; ${parts.join('; ')}.`, {
    expected,
    received,
  });
}

/** Checks that nobody on the way may store the tokens: `Cache-Control: no-store` (RFC 6749 §5.1). */
export function checkCacheControl(cacheControl: string | undefined): CheckResult {
  const compared = { expected: 'no-store', received: shownValue(cacheControl) };
  const directives = (cacheControl ?? '').split(',').map((directive) => directive.trim().toLowerCase());
  return directives.includes('no-store')
    ? checkResult('cache-control', 'pass', 'The response may not be stored.', compared)
    : checkResult(
        'cache-control',
        'warn',
        'The response with the tokens does not forbid storing it.',
        compared,
      );
}

/** Finds what deviates in a response with tokens (RFC 6749 §5.1; OIDC Core §3.1.3.3). */
export function findTokenResponseDeviations(reading: TokensReading): Finding[] {
  return [
    ...findRepresentationDeviations(reading),
    ...findSyntaxDeviations(reading),
    ...findHeaderDeviations(reading),
    ...findTokenDeviations(reading),
    ...findLifetimeDeviations(reading),
    ...findScopeDeviations(reading),
    ...findParameterDeviations(reading),
    ...findUnsafeNumbers(reading),
    ...findEnvelope(reading),
  ];
}

function findHeaderDeviations({ response }: TokensReading): Finding[] {
  return foundOf([
    response.status !== 200 &&
      finding(
        'success-status-not-200',
        `The tokens came with status ${response.status}.`,
        String(response.status),
      ),
    !hasDirective(response, 'cache-control', 'no-store') &&
      finding('cache-control-missing', 'No Cache-Control: no-store forbids storing the tokens.'),
    !hasDirective(response, 'pragma', 'no-cache') &&
      finding('pragma-missing', 'There is no Pragma: no-cache; newer specifications do without it.'),
  ]);
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

function findTokenDeviations(reading: TokensReading): Finding[] {
  const { tokenType, path, renamed, additionalTokens, asked } = reading;
  const renamedText = renamed.map(({ parameter, name }) => `${parameter} as ${namesText([name])}`).join(', ');
  return foundOf([
    reading.accessToken === null &&
      finding('access-token-missing', 'There is an ID token but no access token.'),
    tokenType === null &&
      !hasTokenTypeOfWrongType(reading) &&
      finding('token-type-missing', 'Nothing says what type the access token has.'),
    tokenType !== null &&
      !isRegisteredTokenType(tokenType) &&
      !isAbsoluteUri(tokenType) &&
      finding(
        'token-type-unregistered',
        `The token type ${quoted(tokenType)} is neither registered nor an absolute URI.`,
        `token_type: ${quoted(tokenType)}`,
      ),
    renamed.length > 0 &&
      finding('parameter-renamed', `Not under its own name: ${renamedText}.`, renamedText),
    path !== '' &&
      finding(
        'tokens-nested',
        `The tokens stand in ${namesText([path])}, not at the top level.`,
        namesText([path]),
      ),
    additionalTokens.length > 0 &&
      finding(
        'additional-tokens',
        `A different access token stands in ${additionalTokens.map(placeText).join(', ')}.`,
        additionalTokens.map(placeText).join(', '),
      ),
    reading.idToken === null &&
      asked.grant === 'authorization_code' &&
      asked.scope?.includes('openid') === true &&
      finding('id-token-missing', 'openid was requested and there is no ID token.'),
  ]);
}

/** One that stands elsewhere, such as at the top of nested tokens, is not the type of these tokens. */
function hasTokenTypeOfWrongType({ tokenMembers }: TokensReading): boolean {
  return Object.entries(tokenMembers).some(
    ([name, value]) => isNameOf('token_type', name) && value !== null && value !== '',
  );
}

function placeText(path: string): string {
  return path === '' ? 'the top level' : namesText([path]);
}

/** RFC 3986 §4.3: a scheme, then at least something, and no fragment. */
function isAbsoluteUri(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:[^\s#<>"{}|\\^`]+$/i.test(text);
}

const largestInt32 = 2_147_483_647;

function findLifetimeDeviations(reading: TokensReading): Finding[] {
  const { expiresInSeconds: seconds, absoluteExpiry, body } = reading;
  if (seconds === null) {
    return absoluteExpiry === null
      ? [finding('expires-in-missing', 'Nothing says how long the access token lives.')]
      : [
          finding(
            'expires-at-instead-of-expires-in',
            `The expiry is given as a moment only, in ${namesText([absoluteExpiry.name])}.`,
            namesText([absoluteExpiry.name]),
          ),
        ];
  }
  const isJson = body.type === 'json' || body.type === 'wrapped_json';
  return foundOf([
    isJson &&
      reading.lifetimeType === 'string' &&
      finding('expires-in-string', 'The lifetime is a string of digits instead of a number.', `"${seconds}"`),
    seconds <= 0 &&
      finding(
        'expires-in-zero',
        `The lifetime is ${seconds} s; servers use it for "does not expire".`,
        `${seconds}`,
      ),
    seconds > largestInt32 &&
      finding(
        'expires-in-over-int32',
        `The lifetime of ${seconds} s is beyond 68 years; milliseconds or a moment were probably meant.`,
        `${seconds}`,
      ),
  ]);
}

function findScopeDeviations({ scopeForm, scope }: TokensReading): Finding[] {
  const count = `${scope?.length ?? 0} value${plural(scope ?? [])}`;
  return foundOf([
    scopeForm === 'array' &&
      finding('scope-array', 'scope is a JSON array instead of a string.', `array of ${count}`),
    scopeForm === 'commas' &&
      finding(
        'scope-comma-separated',
        'scope is separated by commas instead of spaces.',
        `${count} with commas`,
      ),
  ]);
}

const envelopeMembers = [
  'ok',
  'success',
  'status',
  'code',
  'errcode',
  'errmsg',
  'error_code',
  'msg',
  'message',
  'result',
  'meta',
];

function findEnvelope({ members, tokenMembers }: TokensReading): Finding[] {
  const names = envelopeMembers.filter(
    (name) => Object.hasOwn(members, name) || Object.hasOwn(tokenMembers, name),
  );
  return names.length === 0
    ? []
    : [
        finding(
          'status-envelope',
          `The response says by members of its own how the request went: ${names.join(', ')}.`,
          names.join(', '),
        ),
      ];
}
