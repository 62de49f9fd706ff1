import type { SignatureEvidence } from '../signed-jwt/evidence.ts';

/** All that is known for judging an ID token. */
export interface IdTokenEvidence extends SignatureEvidence {
  readonly idToken: string;
  /** The issuer that was configured or discovered; null when none is known. */
  readonly issuer: string | null;
  /** null when it is not known, so that audiences cannot be compared with it. */
  readonly clientId: string | null;
  /** As sent in the authorization request; absent when none was sent. */
  readonly nonce?: string | undefined;
  /** As sent in the authorization request (`max_age`). */
  readonly maxAgeSeconds?: number | undefined;
  /** As sent in the authorization request (`acr_values`). */
  readonly acrValues?: readonly string[] | undefined;
  /** Issued together with the ID token. */
  readonly accessToken?: string | undefined;
  /** The authorization code that the ID token came for, or with. */
  readonly code?: string | undefined;
  readonly now: Date;
  /** How far the clocks may be apart. */
  readonly clockToleranceSeconds: number;
  /** The server's clock minus the local one, when it was measured. */
  readonly clockSkewSeconds?: number | undefined;
  /** False for a token that came through the browser: its hashes are then required. */
  readonly fromTokenEndpoint: boolean;
}

/** What every comparison of times needs. */
export type TimeEvidence = Pick<IdTokenEvidence, 'now' | 'clockToleranceSeconds' | 'clockSkewSeconds'>;
