import { InvalidResponseError, UsageError, ValidationError } from '../errors.ts';
import { schemeOf } from '../protocol/token-parameters.ts';

/** The facts that the formats are made from. */
export interface ShownToken {
  readonly accessToken: string;
  readonly tokenType: string | null;
  readonly expiresAt: Date | null;
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

/** The header field that carries the token (RFC 6750 §2.1). @throws InvalidResponseError, UsageError */
export function renderHeader(token: ShownToken, waived: Waived = none): string {
  return `Authorization: ${authorizationOf(token, waived)}\n`;
}

/** The value of an Authorization header field. @throws InvalidResponseError, UsageError, ValidationError */
export function authorizationOf({ accessToken, tokenType }: ShownToken, waived: Waived = none): string {
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
        hint: 'oauth-code cannot make that proof. Use what holds the key, or have the server issue a Bearer token.',
      },
    );
  }
  if (scheme !== undefined) return;
  throw new ValidationError(
    'token-type',
    'Token type: the server issued an access token of a type that oauth-code cannot send (RFC 6749 §7.1).',
    {
      hint: '-o json prints it with its type; --no-verify token-type sends it as a Bearer token.',
    },
  );
}

export function requirePrintable(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new InvalidResponseError(
    'The access token holds characters that no access token may: it could break a line or a header.',
    { hint: '-o json prints it all the same. See RFC 6749 Appendix A.12.' },
  );
}
