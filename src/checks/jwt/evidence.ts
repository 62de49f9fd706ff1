import type { ReadJws } from '../../jose/token-text/read-token.ts';
import type { TimeEvidence } from '../id-token/evidence.ts';
import type { SignatureEvidence } from '../signed-jwt/evidence.ts';

/** What a token is to be judged as. */
export const tokenProfiles = ['id-token', 'access-token', 'logout-token', 'userinfo'] as const;

/** One of {@link tokenProfiles}. */
export type TokenProfile = (typeof tokenProfiles)[number];

/** All that is known for judging a JWT that somebody pasted. */
export interface JwtEvidence extends TimeEvidence {
  readonly jws: ReadJws;
  /** null when no key was given, or none could be had: the signature is then left alone. */
  readonly verification: SignatureEvidence | null;
  /** Why the signature is left alone, in one sentence; by default that no key was given. */
  readonly unverified?: string | undefined;
  /** null when it is not known. */
  readonly issuer: string | null;
  readonly clientId: string | null;
  readonly audience: string | null;
  readonly nonce?: string | undefined;
  readonly maxAgeSeconds?: number | undefined;
  /** Found beside it, for `at_hash`. */
  readonly accessToken?: string | undefined;
}
