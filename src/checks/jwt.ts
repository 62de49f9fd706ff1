import { decodeJwt, repeatedHeaderMembers } from '../jose/jwt.ts';
import type { ReadJwe, ReadJws } from '../jose/read-token.ts';
import { type JsonObject, type JsonValue, ownMember } from '../json/json.ts';
import { own, type Said, say } from '../say.ts';
import {
  type CheckResult,
  checkOf,
  comparedWith,
  type Finding,
  fail,
  finding,
  findingsOf,
  pass,
  skip,
  underId,
  type Verdict,
  warn,
} from './check-result.ts';
import {
  type IdTokenEvidence,
  type IdTokenRules,
  judgeIss,
  readAudiences,
  type TimeEvidence,
} from './id-token/token-claims.ts';
import { judgeExp, judgeIat, judgeNbf } from './id-token/token-times.ts';
import { listed, momentText, namesText, shownValue } from './shown-value.ts';
import { judgeHeaderMembers, keyParameters, type SignatureEvidence } from './signed-jwt/judge-header.ts';
import {
  judgeUnverifiedJwt,
  type SignedJwtVerdicts,
  signatureChecks,
} from './signed-jwt/judge-signed-jwt.ts';

/** Kinds of tokens with rules of their own. */
export const tokenProfiles = ['id-token', 'access-token', 'logout-token', 'userinfo', 'dpop-proof'] as const;

/** One of {@link tokenProfiles}. */
export type TokenProfile = (typeof tokenProfiles)[number];

/** All that is known for judging a JWT by itself, such as a pasted one. */
export interface JwtEvidence extends TimeEvidence, AskedOfIdToken {
  readonly jws: ReadJws;
  /** null when no key was given, or none could be had: the signature is then left alone. */
  readonly verification: SignatureEvidence | null;
  /** Why the signature is left alone, in one sentence; by default that no key was given. */
  readonly unverified?: string | undefined;
  /** null when it is not known. */
  readonly audience: string | null;
}

type AskedOfIdToken = IdTokenRules &
  Pick<IdTokenEvidence, 'issuer' | 'clientId' | 'nonce' | 'maxAgeSeconds' | 'accessToken'>;

type GeneralEvidence = Omit<JwtEvidence, 'verification' | 'maxAgeSeconds' | 'accessToken'>;

/** Makes the checks of a JWT whose purpose is not known. */
export function checkJwt(evidence: GeneralEvidence, verdicts: SignedJwtVerdicts): CheckResult[] {
  const { jws, issuer, audience, clientId, nonce } = evidence;
  const head = [checkJwtForm(jws), ...signatureChecks('jwt', verdicts)];
  if (jws.payload?.type !== 'claims') return head;
  const { claims } = jws.payload;
  return [
    ...head,
    checkJwtIss(claims, issuer),
    underId('jwt-aud', judgeAudience(claims, audience ?? clientId)),
    ...checkJwtTimes(claims, evidence),
    ...checkJwtNonce(claims, nonce),
  ];
}

/** The same without key and expectations. */
export function checkUnverifiedJwt(
  evidence: Pick<JwtEvidence, 'jws' | 'now' | 'clockToleranceSeconds'>,
): CheckResult[] {
  const nothing = { issuer: null, audience: null, clientId: null };
  return checkJwt({ ...evidence, ...nothing }, judgeUnverifiedJwt(evidence.jws, skip('No key was given.')));
}

/**
 * Says whether a token is a well-formed JWT. A JWS whose payload is not JSON is one for other purposes, which is worth
 * a remark; whatever else a strict reader refuses fails (RFC 7519 §7.2).
 */
export const checkJwtForm = checkOf('jwt', judgeForm);

/** Says all that can be said of an encrypted JWT: its form, and that every reader reads its header alike. */
export function checkJwe(jwe: ReadJwe): CheckResult[] {
  return [checkJwtForm(jwe), underId('jwt-header', judgeHeaderMembers(jwe.compact))];
}

function judgeForm(token: ReadJws | ReadJwe): Verdict {
  const { defect } = token;
  if (defect !== undefined) {
    const otherContent = defect.part === 'payload' && ['json', 'utf-8', 'no object'].includes(defect.problem);
    return otherContent
      ? warn(say`It is a JWS but not a JWT. ${own(defect.reason)}`)
      : fail(say`A strict reader refuses it. ${own(defect.reason)}`);
  }
  const size = token.type === 'jws' ? oddSignatureSize(token) : undefined;
  if (size !== undefined) return warn(size);
  const payload = token.type === 'jws' && token.payload?.type === 'claims' ? token.payload : undefined;
  const duplicates = (payload?.json.duplicates ?? []).map(shownValue);
  if (duplicates.length > 0)
    return warn(say`Claims are given twice, of which the last value is read: ${listed(duplicates)}.`);
  const unsafe = (payload?.json.unsafeIntegers ?? []).map(
    ({ path, text }) => `${shownValue(path)} is ${shownValue(text)}`,
  );
  return unsafe.length === 0
    ? pass(token.type === 'jws' ? 'It is a signed JWT.' : 'It is an encrypted JWT.')
    : warn(say`Numbers are so large that many programs round them: ${listed(unsafe)}.`);
}

/** Octets of a signature that are the same for every key (RFC 7518 §3.2, §3.4; RFC 8037 §3.1; RFC 8812 §3.2). */
const signatureSizes: Readonly<Record<string, number>> = {
  HS256: 32,
  HS384: 48,
  HS512: 64,
  ES256: 64,
  ES256K: 64,
  ES384: 96,
  ES512: 132,
  Ed25519: 64,
};

/** One of RSA is as long as its modulus, which is made in steps of 64 octets. */
const rsaStep = 64;

/** A signature that was cut off while it was copied still looks like one. */
function oddSignatureSize({
  header: { alg },
  signature,
}: Pick<ReadJws, 'header' | 'signature'>): Said | undefined {
  if (typeof alg !== 'string' || signature === null || alg.toLowerCase() === 'none') return undefined;
  if (signature.length === 0) return say`The signature of ${alg} is missing: was the whole token copied?`;
  const size = ownMember(signatureSizes, alg);
  const isOdd =
    size === undefined ? /^[RP]S\d/.test(alg) && signature.length % rsaStep !== 0 : size !== signature.length;
  if (!isOdd) return undefined;
  const usual = own(size === undefined ? 'a multiple of 64, mostly 256' : String(size));
  return say`The signature has ${signature.length} octets, one of ${alg} has ${usual}: was the whole token copied?`;
}

/** Checks `exp`, `nbf` and `iat`; each is optional in a JWT and must make sense when it is there (RFC 7519 §4.1). */
export function checkJwtTimes(claims: JsonObject, evidence: TimeEvidence): CheckResult[] {
  const issued = judgeIat(claims, evidence);
  return [
    underId(
      'jwt-exp',
      claims.exp === undefined
        ? skip('There is no exp: the token never expires by itself.')
        : judgeExp(claims, evidence),
    ),
    underId(
      'jwt-iat',
      claims.iat === undefined
        ? skip('There is no iat; it is optional.')
        : // How old a token may be is for its reader to decide.
          { ...issued, outcome: issued.outcome === 'warn' ? 'pass' : issued.outcome },
    ),
    underId('jwt-nbf', judgeNbf(claims, evidence)),
  ];
}

/** Checks `iss` where an issuer is known (RFC 7519 §4.1.1). */
export const checkJwtIss = checkOf('jwt-iss', (claims: JsonObject, issuer: string | null) =>
  claims.iss === undefined && issuer === null
    ? skip('There is no iss, and no issuer is known to expect.')
    : judgeIss(claims, issuer),
);

/** Judges whether `aud` names the expected audience (RFC 7519 §4.1.3). */
export function judgeAudience({ aud }: JsonObject, expected: string | null): Verdict {
  const compared = comparedWith(expected, aud);
  if (aud === undefined)
    return expected === null ? skip('There is no aud.') : fail('aud is missing.', compared);
  const audiences = readAudiences(aud);
  if (audiences === undefined) return fail('aud is neither a string nor an array of strings.', compared);
  if (expected === null) return skip('The expected audience was not given.', compared);
  return audiences.includes(expected)
    ? pass('aud names the expected audience.', compared)
    : fail('aud does not name the expected audience: the token is for another.', compared);
}

/** Checks `nonce` where one is expected. */
function checkJwtNonce({ nonce }: JsonObject, expected: string | undefined): CheckResult[] {
  if (expected === undefined) return [];
  const compared = comparedWith(shownValue(expected), nonce);
  return [
    underId(
      'jwt-nonce',
      nonce === expected
        ? pass('nonce is the expected one.', compared)
        : fail('nonce is not the expected one.', compared),
    ),
  ];
}

/** Fails when claims are missing that a profile requires. */
export function judgeRequiredClaims(claims: JsonObject, required: readonly string[]): Verdict {
  const missing = required.filter((name) => claims[name] === undefined);
  return missing.length === 0
    ? pass('Every required claim is there.')
    : fail(
        say`${missing.join(', ')} ${own(missing.length === 1 ? 'is' : 'are')} missing.`,
        comparedWith(required.join(', '), Object.keys(claims).join(', ')),
      );
}

/** Finds what can be said of a JWT without its key and without knowing what it is for (RFC 7519; RFC 8725). */
export function findJwtProblems(text: string, now: Date): Finding[] {
  const decoded = decodeJwt(text);
  if (decoded.type === 'invalid') {
    return [finding('jwt-malformed', own(decoded.reason), `the ${decoded.part}`)];
  }
  const { header } = decoded;
  const claims = decoded.type === 'jws' ? decoded.claims : {};
  const size = decoded.type === 'jws' ? oddSignatureSize(decoded) : undefined;
  const repeated = repeatedHeaderMembers(text);
  const keyNames = keyParameters.filter((name) => Object.hasOwn(header, name));
  return [
    ...findingsOf({
      'jwt-unsigned': decoded.type === 'jws' &&
        typeof header.alg === 'string' &&
        header.alg.toLowerCase() === 'none' && [
          'The algorithm is none: anyone could have written it.',
          'alg: none',
        ],
      'jwt-signature-size': size,
      'jwt-header': repeated.length > 0 && [
        'Header members are given twice; of each the last value is read.',
        namesText(repeated),
      ],
      'jwt-header-key': keyNames.length > 0 && [
        say`The header brings a key or says where one is (${namesText(keyNames)}): never trust it for that.`,
        namesText(keyNames),
      ],
    }),
    ...findTimeProblems(claims, now),
    ...findTypeProblems(claims),
  ];
}

function findTimeProblems(claims: JsonObject, now: Date): Finding[] {
  const seconds = now.getTime() / 1000;
  const { exp, nbf, iat } = claims;
  const starts = [nbf, iat].filter((value) => typeof value === 'number' && value > seconds + 5);
  const start = starts.length === 0 ? undefined : Math.max(...starts.map(Number));
  return findingsOf({
    'jwt-expired': typeof exp === 'number' &&
      exp <= seconds && [say`It expired at ${momentText(exp, now)}.`, `exp: ${exp}`],
    'jwt-not-yet-valid': start !== undefined && [
      say`It begins to be valid at ${momentText(start, now)}: a clock is wrong, or it is too early.`,
      String(start),
    ],
  });
}

const claimTypes: Readonly<Record<string, readonly string[]>> = {
  iss: ['string'],
  sub: ['string'],
  aud: ['string', 'array'],
  exp: ['number'],
  nbf: ['number'],
  iat: ['number'],
  jti: ['string'],
};

function findTypeProblems(claims: JsonObject): Finding[] {
  const wrong = Object.entries(claimTypes).flatMap(([name, types]) => {
    const value = ownMember(claims, name);
    return value === undefined || types.includes(typeOf(value)) ? [] : [`${name}: ${typeOf(value)}`];
  });
  const shown = wrong.join(', ');
  return findingsOf({
    'jwt-claim-type': wrong.length > 0 && [
      say`Registered claims have a JSON type that is not theirs: ${shown}.`,
      shown,
    ],
  });
}

function typeOf(value: JsonValue): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}
