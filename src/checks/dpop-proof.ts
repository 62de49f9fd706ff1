import { verify } from 'node:crypto';
import { attempt } from '../errors/attempt.ts';
import { parseUrl, withoutQuery } from '../http-message.ts';
import { importPublicKey, jwkThumbprint, secretMembers } from '../jose/jwk.ts';
import { algorithmMisfit, jwsAlgorithm, signatureOptions } from '../jose/jws.ts';
import { claimsOf, confirmationOf } from '../jose/jwt.ts';
import { type ReadJws, readJose } from '../jose/read-token.ts';
import { accessTokenHash } from '../jose/token-hash.ts';
import { isJsonObject, type JsonObject, textMember } from '../json/json.ts';
import { isConcealed } from '../protocol/placeholder.ts';
import type { SentProof } from '../recording/sent-request.ts';
import { own, recall, say } from '../say.ts';
import type { CheckId } from './catalogue.ts';
import {
  type CheckResult,
  comparedWith,
  type Finding,
  fail,
  finding,
  pass,
  skip,
  underId,
  type Verdict,
} from './check-result.ts';
import { durationText, listed, shownValue } from './shown-value.ts';
import { headerType } from './signed-jwt/judge-header.ts';

/** A proof, and the request it went with where that is known. */
export type ProofEvidence = Pick<SentProof, 'compact'> & {
  readonly sent?: Omit<SentProof, 'compact'> & { readonly at: Date | null };
};

/** A server takes a proof for some minutes (RFC 9449 §11.1). */
const oldestSeconds = 300;

/** Tells whether a JOSE header is that of a DPoP proof (RFC 9449 §4.2). */
export function isDpopProof(header: JsonObject): boolean {
  return headerType(header) === 'dpop+jwt';
}

/** Makes every check of a DPoP proof, by itself and against its request (RFC 9449 §4.3); none of a redacted one. */
export function checkDpopProof({ compact, sent }: ProofEvidence): CheckResult[] {
  if (isConcealed(compact)) return [];
  const read = readJose(compact);
  if (read?.type !== 'jws') {
    const detail = fail('It is not a signed JWT.', comparedWith(own('a JWS in compact form'), undefined));
    return [underId('dpop-proof-header', detail)];
  }
  const claims = read.payload?.type === 'claims' ? read.payload.claims : {};
  return [
    underId('dpop-proof-header', judgeHeader(read.header)),
    underId('dpop-proof-signature', judgeSignature(read)),
    underId('dpop-proof-claims', judgeClaims(claims)),
    underId('dpop-proof-request', judgeRequest(read.header, claims, sent)),
    ...(sent?.isRepeated === true
      ? [
          underId(
            'dpop-proof-replay',
            fail(
              'An earlier request of this recording had the same jti.',
              comparedWith(own('a new jti'), claims.jti),
            ),
          ),
        ]
      : []),
  ];
}

/** The checks of a proof that failed, as `debug` lists them. */
export function findProofProblems(evidence: ProofEvidence): Finding[] {
  return checkDpopProof(evidence).flatMap(({ id, outcome, detail, received = '' }) =>
    outcome === 'fail' ? [finding(id as CheckId, recall(detail), received)] : [],
  );
}

function judgeHeader(header: JsonObject): Verdict {
  const { alg, jwk, typ } = header;
  if (!isDpopProof(header)) return fail('typ does not say DPoP proof.', comparedWith(own('dpop+jwt'), typ));
  const algorithm = jwsAlgorithm(alg);
  if (algorithm === undefined || algorithm.scheme === 'hmac')
    return fail('alg is not an asymmetric signature algorithm.', comparedWith(own('such as ES256'), alg));
  if (!isJsonObject(jwk))
    return fail('jwk is missing, the public key of the client.', comparedWith(own('a public key'), jwk));
  const secret = secretMembers(jwk);
  if (secret.length > 0) {
    return fail(
      say`jwk holds the private key (${listed(secret)}): with it every reader of the proof can make others.`,
      comparedWith(own('a public key'), listed(secret).text),
    );
  }
  const misfit = algorithmMisfit(jwk, algorithm);
  return misfit === undefined
    ? pass('typ, alg and the public key are those of a DPoP proof.')
    : fail(say`The key does not fit alg: ${misfit}.`, comparedWith(algorithm.name, jwk.kty));
}

function judgeSignature({ header, signature, signingInput }: ReadJws): Verdict {
  const algorithm = jwsAlgorithm(header.alg);
  const key = isJsonObject(header.jwk) ? importPublicKey(header.jwk) : undefined;
  if (algorithm === undefined || key === undefined || signature === null)
    return skip('There is no key that it could be verified with.');
  const input = Buffer.from(signingInput);
  const isRight = attempt(() =>
    verify(algorithm.digest, input, { key, ...signatureOptions(algorithm) }, signature),
  );
  return isRight === true
    ? pass('It is signed with the key in its header.')
    : fail('It is not signed with the key in its header.');
}

function judgeClaims(claims: JsonObject): Verdict {
  const wanted = { jti: 'string', htm: 'string', htu: 'string', iat: 'number' };
  const wrong = Object.entries(wanted).filter(([name, type]) => typeof claims[name] !== type);
  if (wrong.length > 0) {
    const names = wrong.map(([name]) => name);
    return fail(
      say`${listed(names)} ${own(names.length === 1 ? 'is' : 'are')} missing or of the wrong type.`,
      comparedWith(own('jti, htm, htu, iat'), Object.keys(claims).join(', ')),
    );
  }
  return /[?#]/.test(String(claims.htu))
    ? fail(
        'htu has a query or a fragment, which it may not have.',
        comparedWith(own('a URL without them'), claims.htu),
      )
    : pass('jti, htm, htu and iat are there.');
}

function judgeRequest(header: JsonObject, claims: JsonObject, sent: ProofEvidence['sent']): Verdict {
  if (sent === undefined) return skip('The request that it is for is not known.');
  const { method, url, accessToken, at } = sent;
  const differing = (name: string, expected: string, received: unknown) =>
    fail(
      say`${own(name)} is not that of the request it went with.`,
      comparedWith(shownValue(expected), received),
    );
  if (claims.htm !== method) return differing('htm', method, claims.htm);
  if (comparable(String(claims.htu)) !== comparable(url))
    return differing('htu', withoutQuery(url), claims.htu);
  const iat = typeof claims.iat === 'number' ? claims.iat : undefined;
  const aheadSeconds = at === null || iat === undefined ? 0 : iat - at.getTime() / 1000;
  if (Math.abs(aheadSeconds) > oldestSeconds) {
    return fail(
      say`iat is ${own(durationText(Math.abs(Math.round(aheadSeconds))))} ${own(aheadSeconds < 0 ? 'before' : 'after')} the request: servers take a proof for a few minutes.`,
      comparedWith(String(Math.round((at?.getTime() ?? 0) / 1000)), claims.iat),
    );
  }
  if (accessToken === undefined || isConcealed(accessToken))
    return pass('htm, htu and iat are those of the request.');
  const ath = accessTokenHash(accessToken);
  if (claims.ath !== ath) {
    return fail('ath is not the hash of the access token that went with it.', comparedWith(ath, claims.ath));
  }
  const jkt = textMember(confirmationOf(claimsOf(accessToken)), 'jkt');
  const proven = isJsonObject(header.jwk) ? jwkThumbprint(header.jwk) : null;
  return jkt !== undefined && jkt !== proven
    ? fail('The access token is bound to another key than the one of the proof.', comparedWith(jkt, proven))
    : pass('htm, htu, iat and ath are those of the request.');
}

/** Syntax and scheme are normalized before two are compared (RFC 9449 §4.3). */
function comparable(url: string): string {
  const plain = withoutQuery(url);
  return parseUrl(plain)?.href ?? plain;
}
