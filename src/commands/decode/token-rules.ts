import type { TokenProfile } from '../../checks/jwt.ts';
import type { SignatureEvidence } from '../../checks/signed-jwt/judge-header.ts';
import type { SignedJwt } from '../../checks/signed-jwt/judge-signature.ts';

/** What the signature of one token is verified with. */
export interface Verification {
  /** null when it is left alone. */
  readonly verification: SignatureEvidence | null;
  /** Why it is, when keys were asked for; one sentence. */
  readonly unverified?: string;
  /** What was done so that it can be verified, or must be known about the key; each one sentence. */
  readonly remarks: readonly string[];
  /** What to call the place the keys come from; undefined without any. */
  readonly source: string | undefined;
}

/** How one of the tokens is judged. */
export interface TokenRules {
  /** Whether something was asked for that the token can fail. */
  readonly areAsked: boolean;
  readonly profile: TokenProfile | undefined;
  verificationFor(jwt: SignedJwt): Promise<Verification>;
  readonly issuer: string | null;
  readonly clientId: string | null;
  readonly audience: string | null;
  readonly nonce: string | undefined;
  readonly maxAgeSeconds: number | undefined;
  readonly accessToken: string | undefined;
  readonly clockToleranceSeconds: number;
}

/** Leaves the signature of a token alone. */
export const noVerification: Verification = { verification: null, remarks: [], source: undefined };
