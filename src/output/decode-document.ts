import type { CheckResult } from '../checks/check-result.ts';
import type { IdentityRow } from '../checks/ci-identity.ts';
import type { Diagnosed } from '../diagnosis/diagnosis.ts';
import type { KeyDescription } from '../jose/jwk-description.ts';
import type { Disclosure } from '../jose/sd-jwt.ts';
import type { JsonObject } from '../json/json.ts';
import type { DecodedDocument } from './documents.ts';

/** Result of `decode`: the tokens that were found, in order. */
export interface DecodeDocument {
  readonly version: 1;
  readonly tokens: readonly TokenDocument[];
  /** What the token of a CI job says of it (`--as ci-identity`). */
  readonly identity?: readonly IdentityRow[];
  /** What a server trusts (`--trust`), and expectations of their claims (`--expect`); absent without any. */
  readonly checks?: readonly CheckResult[];
}

/** A token taken apart, by its form. */
export type TokenDocument = JwsDocument | JweDocument | SdJwtDocument | OpaqueDocument;

interface TokenFacts extends Partial<Diagnosed> {
  /** Path of the member, or name of the parameter or header field it stood in; null when nothing named it. */
  readonly name: string | null;
  /** Oddities of its form, each one sentence. */
  readonly remarks: readonly string[];
  /** Whether keys, a kind or expectations were given; without them nothing fails, and what is odd is a warning. */
  readonly judged: boolean;
  readonly checks: readonly CheckResult[];
}

/** Octets that were signed or encrypted and are not claims. */
export interface PayloadDocument {
  readonly encoding: 'text' | 'hex';
  readonly value: string;
}

/** A signature as octets. */
export interface SignatureDocument {
  readonly octets: number;
  readonly hex: string;
}

/** Which keys were tried with a token, and how each fared. */
export interface KeyReport {
  /** Where they come from: a file, a URL, or the issuer. */
  readonly source: string;
  /** The key that worked; null when none did. */
  readonly used: KeyDescription | null;
  readonly tried: readonly (KeyDescription & {
    readonly outcome: 'verified' | 'decrypted' | 'failed' | 'set_aside';
    /** Why it did not fit or failed; empty when it worked. */
    readonly reason: string;
  })[];
}

interface SignedFacts extends TokenFacts {
  readonly header: JsonObject;
  /** null when the payload is not a JSON object, or missing. */
  readonly claims: JsonObject | null;
  /** Only when the payload is something else than claims. */
  readonly payload?: PayloadDocument;
  /** null when that part is missing. */
  readonly signature: SignatureDocument | null;
  /** null when no key was given or could be had. */
  readonly verified: boolean | null;
  readonly key?: KeyReport;
}

/** A signed token (RFC 7515). */
export interface JwsDocument extends SignedFacts {
  readonly type: 'jws';
}

/**
 * An encrypted token (RFC 7516). Its claims may be those of the token inside, and are null while it is encrypted; it is
 * verified when the token inside is.
 */
export interface JweDocument extends SignedFacts {
  readonly type: 'jwe';
  readonly signature: null;
  /** null when no key was given. */
  readonly decrypted: boolean | null;
  /** Sizes of the encrypted parts in octets. */
  readonly octets: {
    readonly encrypted_key: number;
    readonly initialization_vector: number;
    readonly ciphertext: number;
    readonly authentication_tag: number;
  };
  /** The token that was encrypted. */
  readonly nested?: TokenDocument;
}

/** An SD-JWT (RFC 9901); `claims` is what the issuer signed. */
export interface SdJwtDocument extends SignedFacts {
  readonly type: 'sd_jwt';
  readonly disclosures: readonly (Pick<Disclosure, 'name' | 'value' | 'salt' | 'digest'> & {
    /** Where it belongs among the claims; null when no digest of the token names it. */
    readonly path: string | null;
  })[];
  /** The claims with every disclosure in its place, without digests. */
  readonly disclosed_claims: JsonObject;
  /** Digests that nothing was disclosed for. */
  readonly hidden_digests: number;
  readonly key_binding: DecodedDocument | null;
}

/** A token that only its issuer can read. */
export interface OpaqueDocument extends TokenFacts {
  readonly type: 'opaque';
  readonly header: null;
  readonly claims: null;
  readonly signature: null;
  readonly verified: null;
  readonly characters: number;
  /** Each one sentence about its form. */
  readonly looks_like: readonly string[];
}
