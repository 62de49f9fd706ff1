import { issuerDifference } from '../checks/difference.ts';
import { durationText, shortDurationText, shownValue } from '../checks/shown-value.ts';
import { parseUrl } from '../http-message.ts';
import { parameterValue, percentDecoded } from '../protocol/parameters.ts';
import { isConcealed } from '../protocol/placeholder.ts';
import { own, type Said, say } from '../say.ts';
import { type Candidate, contradiction, ruledOut } from './diagnosis.ts';
import { fittingVerifier, pkceComparison, pkceEvidence } from './pkce-evidence.ts';
import { givenInstead, type Situation, sentValue, tokenValue } from './situation.ts';

/** What two requests that are both known prove about a refused code (RFC 6749 §4.1.3; RFC 7636 §4.6). */
export function codeEvidence(situation: Situation): readonly Candidate[] {
  const isCodeGrant = situation.grant === 'authorization_code' || tokenValue(situation, 'code') !== undefined;
  if (situation.endpoint !== 'token' || !isCodeGrant) return [];
  return [
    reusedCode(situation),
    alteredCode(situation),
    ...pkceEvidence(situation),
    otherRedirectUri(situation),
    otherClient(situation),
    expiredCode(situation),
  ];
}

/** Whether both values are known and equal; two that are hidden may differ. */
function isSame(first: string | undefined, second: string | undefined): boolean {
  return first !== undefined && first === second && !isConcealed(first);
}

/** Which parameters both requests have with one value. */
function equalIn(situation: Situation) {
  const sentUri = sentValue(situation, 'redirect_uri');
  const clientId = situation.token?.authentication.clientId;
  return {
    pkce: pkceComparison(situation) === 'same',
    redirectUri: isSame(sentUri, tokenValue(situation, 'redirect_uri')),
    client: isSame(clientId ?? undefined, sentValue(situation, 'client_id')),
  };
}

/** Whether what a server says, as a cause, is not so: the two values are known and equal. */
export function isDisproved(candidate: Candidate, situation: Situation): boolean {
  const { pkce, redirectUri } = equalIn(situation);
  const about = candidate ? candidate.about : undefined;
  return (pkce && about === 'code_verifier') || (redirectUri && about === 'redirect_uri');
}

/** The usual causes of a refused code, where no request proves more; those that were compared and are equal are ruled out. */
export function refusedCode(situation: Situation): readonly Candidate[] {
  const isEqual = equalIn(situation);
  const compared = [
    ...(isEqual.pkce ? ['the code_verifier fits the code_challenge'] : []),
    ...(isEqual.redirectUri ? ['both redirect URIs are equal'] : []),
    ...(isEqual.client ? ['both requests name the same client'] : []),
  ];
  const isBare = isBareCode(situation);
  return [
    isBare && {
      cause: 'The pasted text is not the code of this login, or it is incomplete.',
      why: 'A code was pasted by itself: nothing shows which login it belongs to, and the server does not take it.',
      try: 'Run the login again, and paste the whole address of the page where it ends: then its state is compared.',
    },
    ...spentCode(situation, compared).map(
      (one) => one && (isBare ? { ...one, confidence: 'low' as const } : one),
    ),
    ruledOut('The code that was redeemed is not the code that came back.', receivedCode(situation)),
    {
      excludedBy:
        isEqual.redirectUri && say`Both requests have ${shownValue(tokenValue(situation, 'redirect_uri'))}.`,
      cause: 'The redirect_uri differs from that of the authorization request.',
      why: 'Both have to be equal character by character; a slash at the end is enough.',
      try: {
        login: 'Look for a proxy or --param that changes it.',
        debug: 'Compare both; with the authorization URL beside this response they are compared here.',
      },
      confidence: 'low',
      source: 'RFC 6749 §4.1.3',
    },
    {
      excludedBy: fittingVerifier(situation),
      cause: 'The code_verifier does not fit the code_challenge.',
      why: 'The server hashes the verifier and compares; without PKCE it may demand one.',
      try: {
        login:
          sentValue(situation, 'code_challenge') === undefined
            ? 'The server may demand PKCE: leave out --pkce off.'
            : 'Do not set either with --param or --token-param.',
        debug:
          situation.authorization !== null && situation.token !== null
            ? 'The verifier is hidden here: record with --show-secrets, and it is checked.'
            : 'Give both requests to this command, and the verifier is checked.',
      },
      confidence: 'low',
      source: 'RFC 7636 §4.6',
    },
    {
      excludedBy:
        isEqual.client && say`Both requests have client_id ${shownValue(sentValue(situation, 'client_id'))}.`,
      cause: 'The code belongs to another client.',
      why: 'A code can only be redeemed by the client that asked for it.',
      try: 'Check that both requests carry the same client_id.',
      confidence: 'low',
    },
  ];
}

/** A code that is refused although everything that can be compared is in order was too old, or was used elsewhere. */
function spentCode(
  { delaySeconds, token, voice }: Situation,
  compared: readonly string[],
): readonly Candidate[] {
  const inOrder =
    compared.length === 0 ? '' : say` What could be compared is in order: ${own(compared.join(', '))}.`;
  const source = 'RFC 6749 §4.1.2, §5.2';
  const age = voice === 'login' || token === null ? null : delaySeconds;
  // From 30 seconds on it is told by its age alone.
  const isYoung = age !== null && age < 30;
  return [
    age === null && {
      cause: 'The code has expired or was used before.',
      why: say`A code works once and often for no more than a minute.${inOrder}`,
      try: {
        login: 'Run the login again, and nothing else with the same code.',
        debug: 'Start a new login and redeem its code at once and once.',
      },
      source,
    },
    isYoung &&
      age >= 1 && {
        cause: codeHadExpired,
        why: say`It was redeemed ${shortDurationText(age)} after it came, and only once in what was saved.${inOrder} Some servers let a code live for seconds only.`,
        try: 'Redeem the code at once in the callback: look for what takes that long. Ask the operator of the server how long a code lives, and whether its log says expired or used.',
        source,
      },
    ruledOut(
      codeHadExpired,
      delaySeconds !== null &&
        delaySeconds >= 0 &&
        delaySeconds < 1 &&
        say`It was redeemed ${Math.round(delaySeconds * 1000)} ms after it came.`,
    ),
    isYoung && {
      cause: 'The code was redeemed elsewhere, or the server that was asked did not issue it.',
      why:
        age < 1
          ? say`It was redeemed ${shortDurationText(age)} after it came, too soon to have expired, and only once in what was saved.${inOrder}`
          : 'What was saved shows no other use of it, but one outside would not show.',
      try: 'Look for what else redeems it: a retry, a second instance, a prefetching browser. Several nodes of one server must share their codes. The log of the server says which it was.',
      confidence: age < 1 ? 'medium' : 'low',
      source,
    },
  ];
}

function receivedCode(situation: Situation): Said | false {
  const code = tokenValue(situation, 'code') ?? '';
  return (
    !isConcealed(code) &&
    situation.receivedCodes.includes(code) &&
    say`The callback brought the same code, of ${code.length} characters.`
  );
}

const codeHadExpired = 'The code had expired when it was redeemed.';

function reusedCode(situation: Situation): Candidate {
  const code = tokenValue(situation, 'code');
  if (code === undefined || isConcealed(code)) return false;
  const before = situation.earlier
    .filter(({ sent }) => parameterValue(sent?.parameters ?? [], 'code') === code)
    // A request that was to be sent again, with a nonce or after a failure, has not spent it.
    .find(({ response: { body, status } }) => !body?.includes('use_dpop_nonce') && (status ?? 0) < 500);
  const hasBrought = (before?.response.status ?? 0) < 300;
  return (
    before !== undefined && {
      cause: 'The code was redeemed before: each code works once.',
      why: say`The same code is in an earlier token request (${before.source})${gapBetween(before.at, situation.sentAt)}, which was answered with status ${before.response.status ?? own('unknown')}.`,
      try: 'Redeem a code once, and look for what sends it again: a retry, a reloaded callback page, a second instance, or a prefetching browser. The server may have revoked the tokens of the first use (RFC 6749 §4.1.2).',
      ...contradiction(own('a code that was not redeemed yet'), say`the code of ${before.source}`),
      ...(hasBrought ? {} : { confidence: 'medium' as const }),
      source: 'RFC 6749 §4.1.2, §10.5',
    }
  );
}

/** Milliseconds tell a retry, seconds a person who reloads. */
function gapBetween(first: Date | null, second: Date | null): Said {
  if (first === null || second === null) return own('');
  const ms = Math.max(0, second.getTime() - first.getTime());
  return say`, ${ms < 1000 ? say`${ms} ms` : shortDurationText(ms / 1000)} before`;
}

/** Whether the code was pasted by itself, so that nothing showed whose it is. */
function isBareCode({ voice, conversation }: Situation): boolean {
  const callback = conversation.messages.findLast(({ kind }) => kind === 'callback');
  return (
    voice === 'login' &&
    callback?.kind === 'callback' &&
    callback.received.method === 'PASTE' &&
    !/[?&#]state=/.test(callback.received.url)
  );
}

function alteredCode(situation: Situation): Candidate {
  const code = tokenValue(situation, 'code');
  const received = situation.receivedCodes.at(-1);
  if (code === undefined || received === undefined || isConcealed(code) || isConcealed(received))
    return false;
  if (situation.receivedCodes.includes(code)) return false;
  const related =
    percentDecoded(code) === received
      ? own('It was percent-encoded once more than it should be.')
      : percentDecoded(received) === code || received.replaceAll('+', ' ') === code
        ? own('It was decoded once more than it should be.')
        : code.startsWith(received)
          ? say`It has ${code.length - received.length} characters more at its end, perhaps a fragment such as "#_=_" or a line feed.`
          : received.startsWith(code)
            ? say`It was cut off: ${code.length} of ${received.length} characters were sent.`
            : undefined;
  return {
    cause: 'The code that was redeemed is not the code that came back.',
    why: related ?? 'It is not the code that came; it may be that of another login.',
    try: 'Take the value of "code" from the callback, decode it once, and encode it once in the body of the token request.',
    confidence: related === undefined ? 'medium' : 'high',
    source: 'RFC 6749 §4.1.3, Appendix B',
    expected: say`the code of the callback, ${received.length} characters`,
    received: say`a code of ${code.length} characters`,
  };
}

function otherRedirectUri(situation: Situation): Candidate {
  const first = sentValue(situation, 'redirect_uri');
  const second = tokenValue(situation, 'redirect_uri');
  if (first === undefined || situation.token === null || situation.token.place === 'unknown') return false;
  if (first === second || isConcealed(first) || isConcealed(second ?? '')) return false;
  const compared = { confidence: 'high', source: 'RFC 6749 §4.1.3', expected: shownValue(first) } as const;
  if (second === undefined) {
    return {
      cause: 'redirect_uri is missing from the token request.',
      why: 'It was in the authorization request, so the same value has to be in the token request.',
      try: 'Send the redirect_uri of the authorization request again, unchanged.',
      ...compared,
      received: shownValue(undefined),
    };
  }
  const replaced = givenInstead(situation, ['token-param redirect_uri', 'param redirect_uri']);
  return {
    cause: 'The redirect_uri of the token request is not that of the authorization request.',
    why: say`${redirectUriDifference(first, second)} They have to be equal character by character.${replaced === undefined ? '' : say` ${replaced.why}`}`,
    try:
      replaced?.remedy ??
      'Take both from one setting. Behind a proxy, do not build it from the Host header or the scheme the server sees.',
    ...compared,
    received: shownValue(second),
  };
}

/** Says in a sentence how two redirect URIs that must be equal octet by octet differ (RFC 6749 §4.1.3). */
function redirectUriDifference(expected: string, received: string): Said {
  if (percentDecoded(expected) === percentDecoded(received)) return own('Only the percent-encoding differs.');
  const [first, second] = [expected, received].map((uri) => parseUrl(uri));
  const isSame = (name: 'protocol' | 'pathname' | 'hash' | 'hostname' | 'port' | 'search') =>
    first?.[name] === second?.[name];
  if (
    first !== undefined &&
    second !== undefined &&
    isSame('protocol') &&
    isSame('pathname') &&
    isSame('hash')
  ) {
    const differing = (['hostname', 'port', 'search'] as const).filter((name) => !isSame(name));
    if (differing.length === 1) {
      if (differing[0] === 'hostname')
        return say`Only the host differs: ${first.hostname} and ${second.hostname}.`;
      if (differing[0] === 'search') return own('Only the query differs.');
      return say`Only the port differs: ${first.port || own('none')} and ${second.port || own('none')}.`;
    }
  }
  return issuerDifference(expected, received);
}

function otherClient(situation: Situation): Candidate {
  const first = sentValue(situation, 'client_id');
  const second = situation.token?.authentication.clientId ?? undefined;
  return (
    first !== undefined &&
    second !== undefined &&
    !isConcealed(first + second) &&
    first !== second && {
      cause: 'The code was asked for by one client and redeemed by another.',
      why: 'The client_id of the two requests differs.',
      try: 'Use the same client_id in both requests.',
      ...contradiction(shownValue(first), shownValue(second)),
      source: 'RFC 6749 §4.1.3',
    }
  );
}

/** Ten minutes is the most a code should live; many servers give it one. */
function expiredCode({ delaySeconds }: Situation): Candidate {
  return (
    delaySeconds !== null &&
    delaySeconds >= 30 && {
      cause: codeHadExpired,
      why: say`It was redeemed ${durationText(delaySeconds)} after it came; many servers give a code 60 seconds or less, the maximum is ten minutes.`,
      try: 'Redeem the code at once when the callback comes; look for what holds it up: a queue, a page that waits for the person, a debugger.',
      source: 'RFC 6749 §4.1.2',
    }
  );
}
