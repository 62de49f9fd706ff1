import { checkDpopProof } from '../checks/dpop-proof.ts';
import { shownValue } from '../checks/shown-value.ts';
import { headerValue } from '../http-message.ts';
import { claimsOf } from '../jose/jwt.ts';
import { own, recall, say } from '../say.ts';
import { type Candidate, contradiction, ruledOut } from './diagnosis.ts';
import type { Situation } from './situation.ts';

/** Why a proof is refused: what it proves itself, else what is usual (RFC 9449 §4.3). */
export function proofCauses(situation: Situation): readonly Candidate[] {
  return [
    ...proofEvidence(situation),
    {
      cause: 'The DPoP proof is refused: most often a wrong clock, method, URL or token hash in it.',
      why: 'htm, htu and ath have to be those of this very request, and iat only a short time ago.',
      try: 'Set the clock, and make a new proof for each request.',
    },
  ];
}

/** Where a proof contradicts the request that it went with, or itself. */
function proofEvidence({ proof, sentAt }: Situation): readonly Candidate[] {
  if (proof === undefined) return [];
  const { compact, ...sent } = proof;
  return checkDpopProof({ compact, sent: { ...sent, at: sentAt } }).map(
    ({ id, outcome, title, detail, expected, received, spec }) =>
      outcome === 'pass'
        ? ruledOut(
            say`The DPoP proof is refused for its ${own(id.replace('dpop-proof-', ''))}.`,
            recall(detail),
          )
        : outcome === 'fail' && {
            cause: say`The DPoP proof is wrong: ${recall(detail)}`,
            why: say`${recall(title)}, as the server checks it too.`,
            try: 'Make a new proof for each request, from the very method, URL, token and clock of that request.',
            ...contradiction(expected, received),
            source: spec,
          },
  );
}

/** Why a nonce is demanded although one may have been sent (RFC 9449 §8, §9). */
export function nonceCauses({ proof, response }: Situation): readonly Candidate[] {
  const given = headerValue(response?.headers ?? [], 'dpop-nonce');
  const sent = claimsOf(proof?.compact ?? '').nonce;
  return [
    response?.headers != null &&
      given === undefined && {
        cause: 'A nonce is demanded for the DPoP proof, and none is given.',
        why: 'The answer has no DPoP-Nonce header, which is where it has to be.',
        try: 'Look for a gateway that drops the header; else the server has to be mended.',
        expected: own('a DPoP-Nonce header'),
        received: own('(absent)'),
      },
    sent !== undefined && {
      cause: say`The nonce ${shownValue(sent)} of the DPoP proof is refused.`,
      why: 'The proof had a nonce, and another one is demanded.',
      try: {
        login:
          'The server had given that nonce just before: its instances may not share the secret of their nonces, or it takes each for too short a time.',
        debug: 'Send the nonce of the last answer of this very server; each server and API has its own.',
      },
      received: shownValue(sent),
    },
    sent === undefined &&
      (given !== undefined || response?.headers == null) && {
        cause: 'A nonce is wanted in the DPoP proof.',
        why: 'This answer is part of DPoP and no failure: the DPoP-Nonce header has the nonce.',
        try: {
          login: 'Bind the tokens to a key with --dpop: the nonce is then sent.',
          debug: 'Send the request again with a proof that has this nonce.',
        },
      },
  ];
}
