import { InvalidResponseError, UsageError, ValidationError } from '../errors.ts';
import { schemeOf } from '../protocol/token-parameters.ts';

/** The facts that the formats are made from. */
export interface ShownToken {
  readonly accessToken: string;
  readonly tokenType: string | null;
  readonly expiresAt: Date | null;
  /** The proof of its key for the request it is meant for, where it is bound to one (RFC 9449 §7.1). */
  readonly proof?: string | undefined;
}

/** Ids of checks whose failure only warns. */
export type Waived = ReadonlySet<string>;
const none: Waived = new Set();

/**
 * The token alone on a line.
 * @throws InvalidResponseError for one that is not made of visible ASCII characters (RFC 6749 Appendix A.12): it could
 * end a line or a header early
 */
export function renderBareToken({ accessToken }: Pick<ShownToken, 'accessToken'>): string {
  return `${requirePrintable(accessToken)}\n`;
}

/** The header fields that carry the token, one a line (RFC 6750 §2.1). @throws InvalidResponseError, UsageError */
export function renderHeader(token: ShownToken, waived: Waived = none): string {
  return headerLines(token, waived)
    .map((line) => `${line}\n`)
    .join('');
}

/** The same without line ends. @throws InvalidResponseError, UsageError, ValidationError */
export function headerLines(token: ShownToken, waived: Waived): readonly string[] {
  const { proof } = token;
  const authorization = authorizationOf(token, waived, proof !== undefined);
  const isBound = proof !== undefined && authorization.startsWith('DPoP ');
  return [`Authorization: ${authorization}`, ...(isBound ? [`DPoP: ${proof}`] : [])];
}

/**
 * The value of an Authorization header field; `isProven` where a proof goes with a token that is bound to a key.
 * @throws InvalidResponseError, UsageError, ValidationError
 */
export function authorizationOf(
  { accessToken, tokenType }: ShownToken,
  waived: Waived = none,
  isProven = false,
): string {
  if (isProven && schemeOf(tokenType, waived) === 'DPoP') return `DPoP ${requirePrintable(accessToken)}`;
  requireBearer(tokenType, waived);
  return `Bearer ${requirePrintable(accessToken)}`;
}

/**
 * A token of another type is worth nothing as a Bearer token, and may be one that the API takes for something else.
 * @throws UsageError for one that is bound to a key (RFC 9449 §7.1); ValidationError for one of an unknown type
 */
export function requireBearer(tokenType: string | null, waived: Waived): void {
  const scheme = schemeOf(tokenType, waived);
  if (scheme === 'DPoP') {
    throw new UsageError(
      'This access token is bound to a key (DPoP): each request needs a proof of its own.',
      {
        step: 'token',
        hint: '"oauth-code request URL" makes it. For another program: token -o header --for "GET URL" prints both headers, -o dpop-proof the proof alone.',
      },
    );
  }
  if (scheme !== undefined) return;
  throw new ValidationError(
    'token-type',
    'Token type: the server issued an access token of a type that oauth-code cannot send (RFC 6749 §7.1).',
    {
      step: 'token',
      hint: '-o json prints it with its type; --no-verify token-type sends it as a Bearer token.',
    },
  );
}

export function requirePrintable(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new InvalidResponseError(
    'The access token holds characters that no access token may: it could break a line or a header.',
    {
      step: 'token',
      hint: 'Have the server issue tokens of visible ASCII characters (RFC 6749 Appendix A.12). -o json prints it all the same.',
    },
  );
}
