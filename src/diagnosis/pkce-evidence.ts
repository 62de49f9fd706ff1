import { shownValue } from '../checks/shown-value.ts';
import { codeChallenge } from '../protocol/authorization-request.ts';
import { isConcealed } from '../protocol/placeholder.ts';
import { own, type Said, say } from '../say.ts';
import { findChallengeMistake } from './challenge-mistake.ts';
import type { Candidate } from './diagnosis.ts';
import { givenInstead, type Situation, sentValue, tokenValue } from './situation.ts';

/** Whether the verifier that was sent fits the challenge, where both are known. */
export function pkceComparison(situation: Situation): 'same' | 'different' | 'unknown' {
  const challenge = sentValue(situation, 'code_challenge');
  const verifier = tokenValue(situation, 'code_verifier');
  if (!challenge || !verifier || isConcealed(verifier) || isConcealed(challenge)) return 'unknown';
  const method = sentValue(situation, 'code_challenge_method') === 'S256' ? 'S256' : 'plain';
  return codeChallenge(verifier, method) === challenge ? 'same' : 'different';
}

/** Says that the verifier fits the challenge; false where it does not, or that is not known. */
export function fittingVerifier(situation: Situation): Said | false {
  const made = own(sentValue(situation, 'code_challenge_method') === 'S256' ? 'SHA-256 of the ' : '');
  const challenge = shownValue(sentValue(situation, 'code_challenge'));
  return (
    pkceComparison(situation) === 'same' &&
    say`The ${made}code_verifier that was sent is the code_challenge of the authorization request, ${challenge}.`
  );
}

/** What challenge and verifier prove about a refused code, each of which may be missing (RFC 7636 §4.6). */
export function pkceEvidence(situation: Situation): readonly Candidate[] {
  const { authorization, token } = situation;
  const challenge = sentValue(situation, 'code_challenge');
  const verifier = tokenValue(situation, 'code_verifier') || undefined;
  const knowsBoth = authorization !== null && token !== null && token.place !== 'unknown';
  if (challenge !== undefined && verifier !== undefined && pkceComparison(situation) === 'different') {
    return [unfitVerifier(situation, verifier, challenge)];
  }
  return [
    knowsBoth &&
      challenge !== undefined &&
      verifier === undefined && {
        cause: 'The code_verifier is missing from the token request.',
        why: 'The authorization request had a code_challenge, so the code can only be redeemed with its verifier.',
        try: 'Send the code_verifier the challenge was made from.',
        confidence: 'high',
        expected: say`the code_verifier of code_challenge ${shownValue(challenge)}`,
        received: shownValue(verifier),
        source: 'RFC 7636 §4.6',
      },
    knowsBoth &&
      verifier !== undefined &&
      ['code_challenge', 'request_uri', 'request'].every(
        (name) => sentValue(situation, name) === undefined,
      ) && {
        cause: 'There is a code_verifier, but the authorization request had no code_challenge.',
        why: 'A server must refuse a verifier for a code that was asked for without a challenge.',
        try: 'Send code_challenge and code_challenge_method=S256 in the authorization request.',
        confidence: 'high',
        expected: own('no code_verifier, as there was no code_challenge'),
        received: say`a code_verifier of ${verifier.length} characters`,
        source: 'RFC 9700 §4.8.2',
      },
    verifier !== undefined &&
      !isConcealed(verifier) &&
      !/^[\w.~-]{43,128}$/.test(verifier) && {
        cause: 'The code_verifier is not well-formed.',
        why: say`It has ${verifier.length} characters${own(/[^\w.~-]/.test(verifier) ? ', some of which are not allowed' : '')}; 43 to 128 of A-Z a-z 0-9 - . _ ~ are.`,
        try: 'Make the verifier from 32 random octets in base64url without padding: 43 characters.',
        source: 'RFC 7636 §4.1',
      },
  ];
}

/** Both are known and do not belong together. */
function unfitVerifier(situation: Situation, verifier: string, challenge: string): Candidate {
  const certain = { confidence: 'high', source: 'RFC 7636 §4.2, §4.6' } as const;
  const computed = codeChallenge(verifier, 'S256');
  if (computed === challenge) {
    return {
      cause: 'code_challenge_method=S256 is missing from the authorization request.',
      why: 'The code_challenge is the SHA-256 of the verifier, but without a method it is compared with the verifier itself (plain).',
      try: 'Send code_challenge_method=S256 with the code_challenge.',
      ...certain,
      expected: own('code_challenge_method S256'),
      received: shownValue(sentValue(situation, 'code_challenge_method')),
    };
  }
  const compared = {
    ...certain,
    expected: say`code_challenge ${computed}, which is the hash of the verifier in the token request`,
    received: say`code_challenge ${shownValue(challenge)}${challenge.length === 43 ? '' : `, ${challenge.length} characters`}, sent with the authorization request`,
  };
  const mistake = findChallengeMistake(verifier, challenge);
  if (mistake !== undefined) {
    return {
      cause: 'The code_challenge was computed wrongly.',
      why: say`It is ${own(mistake.is)}. The verifier belongs to this login.`,
      try: mistake.remedy,
      ...compared,
    };
  }
  const replaced = givenInstead(situation, [
    'token-param code_verifier',
    'param code_challenge',
    'param code_challenge_method',
  ]);
  return {
    cause: 'The code_verifier does not fit the code_challenge.',
    why: say`The code_verifier of the token request is a secret whose hash, the code_challenge, went with the authorization request. ${replaced?.why ?? verifierProblem(verifier, challenge)}`,
    try:
      replaced?.remedy ??
      'Keep the verifier of each login until its code is redeemed, one per login: a second tab, another instance of the server or a page that was reloaded must not replace it.',
    ...compared,
  };
}

function verifierProblem(verifier: string, challenge: string): string {
  if (verifier === challenge) return 'The challenge itself was sent as the verifier.';
  const bare = verifier.trim().replace(/=+$/, '');
  return bare !== verifier && codeChallenge(bare, 'S256') === challenge
    ? 'The verifier has padding or white space at its end.'
    : 'They belong to different logins, or one of them was changed.';
}
