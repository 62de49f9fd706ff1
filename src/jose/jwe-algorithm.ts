/** Which `kty` goes with which key management or content encryption algorithm (RFC 7518 §4.1, §5.1). */
const keyTypes: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^RSA(1_5|-OAEP(-256|-384|-512)?)$/, ['RSA']],
  [/^ECDH-ES(\+A(128|192|256)KW)?$/, ['EC', 'OKP']],
  [/^(dir|A(128|192|256)(GCM)?KW|PBES2-.+|A(128|192|256)(GCM|CBC-HS\d+))$/, ['oct']],
];

/** The `kty` that an encryption algorithm needs, one of several; undefined for an unknown algorithm. */
export function encryptionKeyTypes(algorithm: string): readonly string[] | undefined {
  return keyTypes.find(([pattern]) => pattern.test(algorithm))?.[1];
}
