import { measureClockSkew } from '../checks/clock-skew.ts';
import { audienceOf, type Client, type ClientSettings, signingFor } from '../client/client.ts';
import type { DpopSettings } from '../flows/conversation.ts';
import type { GrantedTokens, IssuedTokens } from '../flows/request-tokens.ts';
import { headerValue } from '../http-message.ts';
import { claimsOf } from '../jose/jwt.ts';
import type { JsonObject } from '../json/json.ts';
import { accessTokenExpiry } from '../protocol/token-expiry.ts';
import type { NarrowedToken, RequestedAccess, SavedSession } from '../storage/session-file.ts';
import type { Session } from '../storage/session-store.ts';
import type { SessionKeepingSettings } from './token-settings.ts';

/** The client of a session, at the server that the session is with. */
export function rememberedClient(
  { credentials, method = 'none', assertionAudience }: ClientSettings,
  { issuer, server }: Session,
): Client {
  const asked = assertionAudience === 'issuer' ? (issuer ?? undefined) : assertionAudience;
  const audience = audienceOf(asked, server.token_endpoint) ?? server.assertion_audience;
  return {
    credentials: signingFor(method, credentials, server.auth_signing_algs),
    method,
    advertised: server.auth_methods_supported,
    audience,
  };
}

/**
 * Tells whether a session can be renewed with what it holds itself: no setting of its profile has a say in that, and
 * it knows where the client secret is when there is one.
 */
export function canRenewItself(
  { isSelfContained }: Pick<SessionKeepingSettings, 'isSelfContained'>,
  method: string,
  secretFrom: SavedSession['secret_from'],
): boolean {
  const hasSecret =
    method === 'none' ||
    (/^client_secret_(basic|post)$/.test(method) && secretFrom !== undefined && !('keychain' in secretFrom));
  return isSelfContained && hasSecret;
}

/** The key that the tokens of a session are bound to; undefined for Bearer tokens. */
export function heldKey(session: Session | undefined): DpopSettings | undefined {
  const key = session?.tokens.dpop_key;
  return key === undefined ? undefined : { key };
}

/**
 * A session with the tokens of a refresh: what the server did not give anew stays (RFC 6749 §6). Tokens for a part
 * of what the session allows are forgotten, because the server may have revoked them with the old ones.
 */
export function renewSession(
  session: Session,
  issued: GrantedTokens,
  settled: Pick<Session, 'settings' | 'quick'>,
): Session {
  const { reading } = issued;
  const renewed = rotateSession(session, issued);
  const { narrowed: _narrowed, ...tokens } = renewed.tokens;
  const first = firstIdToken(session);
  return {
    ...renewed,
    ...settled,
    ...(first === undefined ? {} : { first_id_token: first }),
    // A new ID token has to be verified anew.
    verified: (session.verified ?? []).filter((name) => name !== 'id_token' || reading.idToken === null),
    scope: reading.scope ?? session.scope,
    ...factsOf(issued, session.clock_skew_seconds),
    tokens: {
      ...tokens,
      access_token: reading.accessToken,
      token_type: reading.tokenType ?? tokens.token_type,
      ...(reading.idToken === null ? {} : { id_token: reading.idToken }),
      token_response: reading.members,
    },
  };
}

/** A session with nothing of a refresh but the refresh token, which replaces the one that was sent. */
export function rotateSession(session: Session, issued: IssuedTokens): Session {
  const { refreshToken } = issued.reading;
  const { refresh_interrupted_at: _interrupted, ...rest } = session;
  return {
    ...rest,
    refreshable: session.refreshable || refreshToken !== null,
    tokens: { ...session.tokens, ...(refreshToken === null ? {} : { refresh_token: refreshToken }) },
  };
}

/** How many tokens for a part of what it allows a session keeps. */
const narrowedKept = 8;

/** A session that keeps an access token for a part of what it allows, beside its own (RFC 6749 §6). */
export function addNarrowedToken(
  session: Session,
  issued: GrantedTokens,
  requested: Pick<RequestedAccess, 'scope' | 'resource'>,
): { readonly session: Session; readonly narrowed: NarrowedToken } {
  const { reading } = issued;
  const { obtained_at, expires_at, clock_skew_seconds } = factsOf(issued, session.clock_skew_seconds);
  const narrowed: NarrowedToken = {
    requested,
    access_token: reading.accessToken,
    token_type: reading.tokenType,
    scope: reading.scope ?? requested.scope,
    token_response: reading.members,
    obtained_at,
    expires_at,
  };
  const others = (session.tokens.narrowed ?? []).filter(
    (other) => JSON.stringify(other.requested) !== JSON.stringify(requested),
  );
  const rotatedSession = rotateSession(session, issued);
  return {
    narrowed,
    session: {
      ...rotatedSession,
      clock_skew_seconds,
      tokens: { ...rotatedSession.tokens, narrowed: [...others, narrowed].slice(-narrowedKept) },
    },
  };
}

/** The times of the tokens of a session. */
type TokenFacts = Pick<Session, 'clock_skew_seconds' | 'obtained_at' | 'expires_at'>;

/** The times of tokens, by the clock of this machine. */
export function factsOf({ reading, exchange }: IssuedTokens, knownSkewSeconds: number): TokenFacts {
  const { startedAt, durationMs, response } = exchange;
  const measured = measureClockSkew(headerValue(response.headers, 'date'), startedAt, durationMs);
  const clockSkewSeconds = measured ?? knownSkewSeconds;
  const expiry = accessTokenExpiry({ reading, sentAt: startedAt, clockSkewSeconds });
  return {
    clock_skew_seconds: clockSkewSeconds,
    obtained_at: startedAt.toISOString(),
    expires_at: expiry?.toISOString() ?? null,
  };
}

/** The claims of the first ID token that later ones have to agree with; undefined when there was none. */
export function firstIdToken({ first_id_token, tokens }: Session): JsonObject | undefined {
  if (first_id_token !== undefined || tokens.id_token === undefined) return first_id_token;
  const { nonce, auth_time, azp = null, aud } = claimsOf(tokens.id_token);
  return {
    ...(nonce === undefined ? {} : { nonce }),
    ...(auth_time === undefined ? {} : { auth_time }),
    azp,
    ...(aud === undefined ? {} : { aud }),
  };
}
