import { durationText, shortDurationText, shownValue } from '../checks/shown-value.ts';
import { parameterValue } from '../protocol/parameters.ts';
import { holdsPlaceholder } from '../protocol/placeholder.ts';
import type { Diagnosis } from './diagnosis.ts';
import { givenInstead } from './given-setting.ts';
import { pkceComparison, pkceEvidence } from './pkce-evidence.ts';
import type { Situation } from './situation.ts';
import { redirectUriDifference } from './text-difference.ts';

/** What two requests that are both known prove about a refused code (RFC 6749 §4.1.3; RFC 7636 §4.6). */
export function codeEvidence(situation: Situation): readonly (Diagnosis | false | undefined)[] {
  const isCodeGrant = situation.grant === 'authorization_code' || value(situation, 'code') !== undefined;
  if (situation.endpoint !== 'token' || !isCodeGrant) return [];
  return [
    reusedCode(situation),
    alteredCode(situation),
    ...pkceEvidence(situation),
    redirectEvidence(situation),
    otherClient(situation),
    expiredCode(situation),
  ];
}

/** The cause of a code that was redeemed too late, whatever it is told by. */
export const codeHadExpired = 'The code had expired when it was redeemed.';

/** What of the request has been compared and was found equal; it can be ruled out as a cause. */
export function ruledOut(situation: Situation): {
  readonly pkce: boolean;
  readonly redirectUri: boolean;
  readonly client: boolean;
} {
  const sentUri = sent(situation, 'redirect_uri');
  const clientId = situation.token?.authentication.clientId;
  return {
    pkce: pkceComparison(situation) === 'same',
    redirectUri: sentUri !== undefined && sentUri === value(situation, 'redirect_uri'),
    client: clientId != null && clientId === sent(situation, 'client_id'),
  };
}

function value({ token }: Situation, name: string): string | undefined {
  return parameterValue(token?.parameters ?? [], name);
}

function sent({ authorization }: Situation, name: string): string | undefined {
  return parameterValue(authorization?.parameters ?? [], name);
}

function reusedCode(situation: Situation): Diagnosis | false {
  const code = value(situation, 'code');
  const before = situation.earlier.find(
    (other) => code !== undefined && parameterValue(other.sent?.parameters ?? [], 'code') === code,
  );
  return (
    before !== undefined && {
      cause: 'The code was redeemed before: each code works once.',
      why: `The same code is in an earlier token request (${before.source})${gapBetween(before.at, situation.sentAt)}, which was answered with status ${before.response.status ?? 'unknown'}.`,
      try: 'Redeem a code once, and look for what sends it again: a retry, a reloaded callback page, a second instance, or a prefetching browser. The server may have revoked the tokens of the first use (RFC 6749 §4.1.2).',
      confidence: 'high',
      source: 'RFC 6749 §4.1.2, §10.5',
    }
  );
}

/** Milliseconds tell a retry, seconds a person who reloads. */
function gapBetween(first: Date | null, second: Date | null): string {
  if (first === null || second === null) return '';
  const ms = Math.max(0, second.getTime() - first.getTime());
  return `, ${ms < 1000 ? `${ms} ms` : shortDurationText(ms / 1000)} before`;
}

/** Whether the code was pasted by itself, so that nothing showed whose it is. */
export function isBareCode({ voice, conversation }: Situation): boolean {
  const callback = conversation.messages.findLast(({ kind }) => kind === 'callback');
  return (
    voice === 'login' &&
    callback?.kind === 'callback' &&
    callback.received.method === 'PASTE' &&
    !/[?&#]state=/.test(callback.received.url)
  );
}

function alteredCode(situation: Situation): Diagnosis | false {
  const code = value(situation, 'code');
  const received = situation.receivedCodes.at(-1);
  if (code === undefined || received === undefined || holdsPlaceholder(code) !== holdsPlaceholder(received))
    return false;
  if (situation.receivedCodes.includes(code)) return false;
  const how =
    decodes(code) === received
      ? 'It was percent-encoded once more than it should be.'
      : decodes(received) === code || received.replaceAll('+', ' ') === code
        ? 'It was decoded once more than it should be.'
        : code.startsWith(received)
          ? `It has ${code.length - received.length} characters more at its end, perhaps a fragment such as "#_=_" or a line feed.`
          : received.startsWith(code)
            ? `It was cut off: ${code.length} of ${received.length} characters were sent.`
            : 'It is another code than the one that came.';
  return {
    cause: 'The code that was redeemed is not the code that came back.',
    why: how,
    try: 'Take the value of "code" from the callback, decode it once, and encode it once in the body of the token request.',
    confidence: 'high',
    source: 'RFC 6749 §4.1.3, Appendix B',
    expected: `the code of the callback, ${received.length} characters`,
    received: `a code of ${code.length} characters`,
  };
}

function decodes(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function redirectEvidence(situation: Situation): Diagnosis | false {
  const first = sent(situation, 'redirect_uri');
  const second = value(situation, 'redirect_uri');
  if (first === undefined || situation.token === null || situation.token.place === 'unknown') return false;
  if (first === second) return false;
  const source = 'RFC 6749 §4.1.3';
  if (second === undefined) {
    return {
      cause: 'redirect_uri is missing from the token request.',
      why: 'It was in the authorization request, so the same value has to be in the token request.',
      try: 'Send the redirect_uri of the authorization request again, unchanged.',
      confidence: 'high',
      source,
      expected: shownValue(first),
    };
  }
  const replaced = givenInstead(situation, ['token-param redirect_uri', 'param redirect_uri']);
  return {
    cause: 'The redirect_uri of the token request is not that of the authorization request.',
    why: `${redirectUriDifference(first, second)} They have to be equal character by character.${replaced === undefined ? '' : ` ${replaced.why}`}`,
    try:
      replaced?.remedy ??
      'Take both from one setting. Behind a proxy, do not build it from the Host header or the scheme the server sees.',
    confidence: 'high',
    source,
    expected: shownValue(first),
    received: shownValue(second),
  };
}

function otherClient(situation: Situation): Diagnosis | false {
  const first = sent(situation, 'client_id');
  const second = situation.token?.authentication.clientId ?? undefined;
  return (
    first !== undefined &&
    second !== undefined &&
    first !== second && {
      cause: 'The code was asked for by one client and redeemed by another.',
      why: 'The client_id of the two requests differs.',
      try: 'Use the same client_id in both requests.',
      confidence: 'high',
      source: 'RFC 6749 §4.1.3',
      expected: shownValue(first),
      received: shownValue(second),
    }
  );
}

/** Ten minutes is the most a code should live; many servers give it one. */
function expiredCode(situation: Situation): Diagnosis | false {
  const { delaySeconds } = situation;
  return (
    delaySeconds !== null &&
    delaySeconds >= 30 && {
      cause: codeHadExpired,
      why: `It was redeemed ${durationText(delaySeconds)} after it came; many servers give a code 60 seconds or less, ten minutes are the most.`,
      try: 'Redeem the code at once when the callback comes; look for what holds it up: a queue, a page that waits for the person, a debugger.',
      confidence: delaySeconds >= 60 ? 'high' : 'medium',
      source: 'RFC 6749 §4.1.2',
    }
  );
}
