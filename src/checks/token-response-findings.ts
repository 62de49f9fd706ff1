import { combinedHeaderValue } from '../http-message.ts';
import { isNameOf } from '../protocol/parameter-names.ts';
import { endOfQuotedText } from '../protocol/quoted-text.ts';
import { isRegisteredTokenType } from '../protocol/token-parameters.ts';
import type { TokensReading } from '../protocol/token-response.ts';
import { type Finding, finding, foundOf, namesText, plural } from './finding.ts';
import { findParameterDeviations } from './parameter-findings.ts';
import {
  findRepresentationDeviations,
  findSyntaxDeviations,
  findUnsafeNumbers,
} from './representation-findings.ts';
import { quoted } from './shown-value.ts';

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
