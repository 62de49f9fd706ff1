import { type HttpResponse, isSuccessStatus } from '../http-message.ts';
import { stringifyExactly } from '../json/exact-number.ts';
import type { JsonObject } from '../json/json.ts';
import { type ErrorMembers, readErrorMembers } from './error-members.ts';
import { findParameterProblems, isNameOf, type ParameterProblems } from './parameter-names.ts';
import { type BodyReading, isStructured, readResponseBody, topLevelObject } from './response-body.ts';
import { findTokenHolder, readTokenParameters, type TokenParameters } from './token-parameters.ts';

/** The parts of the token request that its answer is judged by. */
export interface AskedOfTokenEndpoint {
  /** Value of `grant_type`. */
  readonly grant?: string | undefined;
  readonly scope?: readonly string[] | undefined;
}

/** The parts that both outcomes have: the response itself, and the problems of its parameters. */
export interface TokenResponseFacts extends ParameterProblems {
  readonly response: HttpResponse;
  readonly body: BodyReading;
  readonly asked: AskedOfTokenEndpoint;
  /** All top-level members as received; empty when there is no top-level object. */
  readonly members: JsonObject;
}

/** A response with tokens, wherever and under whatever names they came. */
export interface TokensReading extends TokenResponseFacts, TokenParameters {
  readonly type: 'tokens';
  /** Members of the object that holds the tokens; the same as `members` when it is the top level. */
  readonly tokenMembers: JsonObject;
}

/** Any other response; all three members are null when nothing usable is in the body. */
export interface ErrorReading extends TokenResponseFacts, ErrorMembers {
  readonly type: 'error';
}

/** A token response as it can be used, with its deviations. */
export type TokenResponseReading = TokensReading | ErrorReading;

/** Reads the answer of a token endpoint, conforming or not (RFC 6749 §5.1, §5.2). Nothing is verified. */
export function readTokenResponse(response: HttpResponse, asked: AskedOfTokenEndpoint): TokenResponseReading {
  const body = readResponseBody(response.body);
  const top = topLevelObject(body);
  const common = { response, body, asked, members: top ?? {} };
  if (!isStructured(body)) {
    const noProblems = { nullParameters: [], emptyParameters: [], wrongTypes: [] };
    return { ...common, ...noProblems, type: 'error', ...readErrorMembers(body) };
  }
  const { document } = body;
  const holder = findTokenHolder(document);
  const judged = new Set([top, holder?.object].filter((object) => object !== undefined));
  const problems = findParameterProblems(document, [...judged]);
  // Form data and XML have nothing but strings.
  const wrongTypes = body.type === 'form' || body.type === 'xml' ? [] : problems.wrongTypes;
  const facts = { ...common, ...problems, wrongTypes };
  if (holder === undefined || !isSuccessStatus(response.status) || hasError(top)) {
    return { ...facts, type: 'error', ...readErrorMembers(body) };
  }
  return {
    ...facts,
    type: 'tokens',
    ...readTokenParameters(document, holder, top),
    tokenMembers: holder.object,
  };
}

/**
 * The type by which the access token is used: one that is empty or not a string is a type too, and not a known one. One that
 * stands elsewhere, such as at the top of nested tokens, is not the type of these tokens.
 */
export function usedTokenType({ tokenType, tokenMembers }: TokensReading): string | null {
  if (tokenType !== null) return tokenType;
  const values = Object.entries(tokenMembers).flatMap(([name, value]) =>
    isNameOf('token_type', name) && value !== null ? [stringifyExactly(value)] : [],
  );
  return values[0] ?? null;
}

/** Tells whether a top-level object says that something went wrong: null, false and the empty string do not. */
export function hasError(top: JsonObject | undefined): boolean {
  const error = top !== undefined && Object.hasOwn(top, 'error') ? top.error : undefined;
  return error !== undefined && error !== null && error !== false && error !== '';
}
