import { createHash, X509Certificate } from 'node:crypto';
import { attempt } from '../errors/attempt.ts';
import type { JsonObject } from '../json/json.ts';
import {
  curveNamed,
  decodeBase64url,
  encryptionKeyTypes,
  importPublicKey,
  jwkThumbprint,
  keySize,
  malformedMaterial,
  rsaWeakness,
  secretMembers,
} from './jwk.ts';
import { algorithmMisfit, jwsAlgorithm } from './jws.ts';

/** A key as shown to people, without its material. */
export interface KeyDescription {
  readonly kid: string | null;
  readonly kty: string | null;
  readonly alg: string | null;
  readonly use: string | null;
  readonly crv: string | null;
  /** In bits: RSA modulus, curve size or octets of a symmetric key. */
  readonly size: number | null;
  /** RFC 7638 SHA-256 thumbprint, base64url. */
  readonly thumbprint: string | null;
  /** Each one sentence; empty for a sound key. */
  readonly problems: readonly string[];
}

/** Describes each key of a set, with the problems that only show beside the others (RFC 7517 §4.5, OIDC Core §10.1). */
export function describeKeys(keys: readonly JsonObject[], now: Date): KeyDescription[] {
  const descriptions = keys.map((key) => describeKey(key, now));
  const namesakes = new Map<string, KeyDescription[]>();
  for (const description of descriptions) {
    const name = JSON.stringify([description.kid, description.kty]);
    namesakes.set(name, [...(namesakes.get(name) ?? []), description]);
  }
  return descriptions.map((description) => {
    const group = namesakes.get(JSON.stringify([description.kid, description.kty])) ?? [];
    const problems = [...description.problems, ...setProblems(description, group, keys.length)];
    return { ...description, problems };
  });
}

/**
 * Describes one key and names what is wrong with it (RFC 7517 §4, RFC 7518 §6); that it holds what is secret is wrong
 * of one that was published only.
 */
export function describeKey(key: JsonObject, now: Date, isPublished = true): KeyDescription {
  return {
    kid: text(key.kid),
    kty: text(key.kty),
    alg: text(key.alg),
    use: text(key.use),
    crv: text(key.crv),
    size: keySize(key),
    thumbprint: jwkThumbprint(key),
    problems: [...keyProblems(key, isPublished), ...certificateProblems(key, now)],
  };
}

function setProblems(own: KeyDescription, namesakes: readonly KeyDescription[], keyCount: number): string[] {
  if (own.kid === null) return keyCount > 1 ? ['It has no kid although the set has several keys.'] : [];
  if (namesakes.length < 2) return [];
  return namesakes.every(({ thumbprint }) => thumbprint !== null && thumbprint === own.thumbprint)
    ? ['The same key is listed more than once.']
    : ['Another key of the set has the same kid.'];
}

type Problem = string | false | undefined;

function listed(problems: readonly Problem[]): string[] {
  return problems.filter((problem) => typeof problem === 'string');
}

function keyProblems(key: JsonObject, isPublished: boolean): string[] {
  const { kty } = key;
  if (kty === undefined) return ['kty is missing.'];
  if (kty !== 'RSA' && kty !== 'EC' && kty !== 'OKP' && kty !== 'oct') return ['Its kty is unknown.'];
  const malformed = malformedMaterial(key);
  const secrets = isPublished ? secretMembers(key) : [];
  const exposed =
    kty === 'oct' ? 'It is symmetric and published' : `Private members are published (${secrets.join(', ')})`;
  const problems = listed([
    secrets.length > 0 && `${exposed}: anyone can sign with it.`,
    malformed && `${malformed}.`,
    ...curveProblems(key),
    ...algProblems(key),
    ...(kty === 'RSA' ? rsaProblems(key) : []),
    ...['kid', 'alg', 'use'].map(
      (name) => key[name] !== undefined && typeof key[name] !== 'string' && `${name} is not a string.`,
    ),
  ]);
  const importable = kty === 'oct' || importPublicKey(key) !== undefined;
  return problems.length === 0 && !importable ? ['Its members make no valid key.'] : problems;
}

function curveProblems(key: JsonObject): readonly Problem[] {
  const { kty, crv } = key;
  if ((kty !== 'EC' && kty !== 'OKP') || crv === undefined) return [];
  const curve = curveNamed(crv);
  if (curve?.kty !== kty) return [`Its curve is unknown for kty ${kty}.`];
  return ['x', 'y'].map((name) => {
    const length = decodeBase64url(key[name])?.length ?? curve.octets;
    return (
      length !== curve.octets &&
      `${name} does not have the ${curve.octets} octets of its curve (RFC 7518 §6.2.1).`
    );
  });
}

function algProblems(key: JsonObject): readonly Problem[] {
  const { alg, kty, use } = key;
  if (typeof alg !== 'string') return [];
  const signing = jwsAlgorithm(alg);
  if (signing !== undefined) {
    const misfit = algorithmMisfit(key, signing);
    return [
      misfit && `alg does not fit: ${misfit}.`,
      use === 'enc' && `Its use is enc, but ${alg} is for signatures.`,
    ];
  }
  const keyTypes = encryptionKeyTypes(alg);
  if (keyTypes === undefined) return ['Its alg is unknown.'];
  if (!keyTypes.includes(String(kty))) {
    return [`alg does not fit: ${alg} needs kty ${keyTypes.join(' or ')}.`];
  }
  return [use === 'sig' && `Its use is sig, but ${alg} is for encryption.`];
}

function rsaProblems(key: JsonObject): readonly Problem[] {
  const size = keySize(key);
  const weakness = rsaWeakness(key);
  return [
    size !== null && size < 2048 && `Its modulus has ${size} bits; the minimum is 2048 (RFC 7518 §3.3).`,
    decodeBase64url(key.n)?.[0] === 0 && 'n begins with a zero octet (RFC 7518 §6.3.1.1).',
    weakness && `Its signatures prove nothing: ${weakness}.`,
  ];
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/**
 * Names what is wrong with the certificates of a key (`x5c`, `x5t`, `x5t#S256`), each in one sentence; empty when
 * it has none or they are in order (RFC 7517 §4.7 to §4.9). The chain itself is not validated.
 */
function certificateProblems(key: JsonObject, now: Date): string[] {
  if (key.x5c === undefined) return [];
  const first: unknown = Array.isArray(key.x5c) ? key.x5c[0] : undefined;
  if (typeof first !== 'string') return ['x5c is not an array of strings.'];
  const certificate = readCertificate(first);
  if (certificate === undefined) return ['The first entry of x5c is not a certificate in base64.'];
  const { validFrom, validTo, raw } = certificate;
  const misprints = Object.entries({ x5t: 'sha1', 'x5t#S256': 'sha256' }).map(
    ([name, digest]) =>
      key[name] !== undefined &&
      key[name] !== createHash(digest).update(raw).digest('base64url') &&
      `${name} is not the fingerprint of the certificate in x5c.`,
  );
  const exported = attempt(() => certificate.publicKey.export({ format: 'jwk' }) as JsonObject);
  const isSameKey = exported !== undefined && jwkThumbprint(exported) === jwkThumbprint(key);
  return listed([
    !isSameKey && 'The certificate in x5c is for another key.',
    now.getTime() > Date.parse(validTo) && `The certificate in x5c expired at ${validTo}.`,
    now.getTime() < Date.parse(validFrom) && `The certificate in x5c is not valid before ${validFrom}.`,
    ...misprints,
  ]);
}

function readCertificate(base64: string): X509Certificate | undefined {
  // RFC 7517 §4.7: base64 proper here, not base64url.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  return attempt(() => new X509Certificate(Buffer.from(base64, 'base64')));
}
