import type { JwkSet } from '../../jose/jwk-set.ts';
import type { CheckResult } from '../check-result.ts';

/** What is known for verifying the signature of a JWT from the server. */
export interface SignatureEvidence {
  /** The server's keys. */
  readonly keys: JwkSet | undefined;
  /**
   * Why there are no keys although the server publishes some: the signature then counts as not verifiable, a
   * failure. Without keys and without a problem nobody said where keys are, which is a warning.
   */
  readonly keysProblem?: string | undefined;
  /** Key of the HMAC algorithms; absent for a public client. */
  readonly clientSecret?: string | Uint8Array | undefined;
  /** Set when a person gave the keys by hand, so that no server has to have agreed to them. */
  readonly given?: GivenKeys | undefined;
  /** What the metadata advertises, such as `id_token_signing_alg_values_supported`. */
  readonly allowedAlgorithms?: readonly string[] | undefined;
  /** What the client is registered with, such as `id_token_signed_response_alg`. */
  readonly registeredAlgorithm?: string | undefined;
}

/** Where keys come from that no server published. */
export interface GivenKeys {
  /** What to call it in a sentence, such as the name of a file. */
  readonly name: string;
  /** A single key that has no name of its own, such as one in PEM: it is tried whatever the token calls its key. */
  readonly isNameless: boolean;
}

/** A judgement that has not been given the id of a check yet. */
export type Verdict = Pick<CheckResult, 'outcome' | 'detail' | 'expected' | 'received'>;
