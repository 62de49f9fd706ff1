import { type JsonObject, textMember } from '../../json/json.ts';
import { signedToken, testKey } from './forged-token.ts';
import { faultsOf } from './misbehaviour.ts';
import { json, text } from './reply.ts';

const otherCase = (word: string) =>
  word.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );

/** Answers that a login can use, though clients are known to stumble over them. */
export const unusualAnswers = faultsOf(
  { prefix: 'unusual', noun: 'an answer', reaction: 'accept', section: 'RFC 6749 §5.1' },
  [
    [
      'aud-array',
      'whose ID token has an array with the client alone as aud',
      {
        idToken: ({ header, claims, key }) =>
          signedToken(header, { ...claims, aud: [String(claims.aud)] }, key),
      },
      [],
    ],
    [
      'token-type-case',
      'whose token_type has its letters in the other case',
      {
        token: (members) =>
          json(200, { ...members, token_type: otherCase(textMember(members, 'token_type') ?? '') }),
      },
      [],
    ],
    [
      'decoy-keys',
      'whose keys for other algorithms have the same kid',
      {
        keys(sound) {
          if (typeof sound === 'string') return sound;
          const { keys } = JSON.parse(String(sound.body)) as { keys: readonly JsonObject[] };
          const decoys = ['EdDSA', 'PS256', 'ES256', 'RS256'].filter((alg) => alg !== keys[0]?.alg);
          const [first, ...rest] = decoys.map((alg) => testKey(alg, 'key-1').jwk);
          return json(200, { keys: [first, ...keys, ...rest] });
        },
      },
      ['jwks-keys'],
    ],
    [
      'dpop-scheme-case',
      'of a UserInfo endpoint that demands a nonce, in another case of DPoP',
      {
        userinfo: (claims, { headers }) =>
          proofHasNonce(headers.dpop)
            ? json(200, claims)
            : text(401, 'text/plain', '', {
                'www-authenticate': 'dPoP error="use_dpop_nonce"',
                'dpop-nonce': 'nonce-of-api',
              }),
      },
      [],
      ['--dpop'],
    ],
  ],
);

function proofHasNonce(proof = ''): boolean {
  return Buffer.from(proof.split('.')[1] ?? '', 'base64url').includes('"nonce":"nonce-of-api"');
}
