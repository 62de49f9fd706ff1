import type { CheckId } from '../checks/catalogue.ts';
import type { CheckResult } from '../checks/check-result.ts';
import { issuerDifference } from '../checks/difference.ts';
import { durationText, shownValue } from '../checks/shown-value.ts';
import { decodeJwt } from '../jose/jwt.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { parseIfJson } from '../json/parse-json-exactly.ts';
import { own, recall, type Said, say } from '../say.ts';
import { type Candidate, type Cause, contradiction, type Diagnosed, rank, ruledOut } from './diagnosis.ts';
import type { Situation } from './situation.ts';
import { failedIds, tokenCauses } from './token-causes.ts';
import { foreignKeySet } from './token-evidence.ts';

const timeChecks: readonly CheckId[] = [
  'id-token-exp',
  'id-token-iat',
  'id-token-nbf',
  'id-token-auth-time',
  'jarm-exp',
];

/** What a failed check of the JWT of an authorization response means, where nothing else is known of it (JARM §2.4). */
const answerCauses: readonly (readonly [CheckId, cause: Said, remedy: Said])[] = [
  [
    'jarm-response',
    own('The server does not answer in a JWT, as it was asked to.'),
    own(
      'Look for the mode in response_modes_supported ("oauth-code discover" lists it), and whether the client may use it.',
    ),
  ],
  [
    'jarm-decryption',
    own('The answer is encrypted for a key that is not at hand.'),
    own(
      'Give --decryption-key with the private key of the registration, or register the client without authorization_encrypted_response_alg.',
    ),
  ],
  [
    'jarm-signature',
    own('The answer was changed on its way, or signed with a key that the server does not publish.'),
    own('Compare alg and kid of the answer with the keys that "oauth-code discover" lists.'),
  ],
  [
    'jarm-aud',
    own('The answer is for another client.'),
    own('Compare --client-id with the registration, and look for a proxy that mixes up answers.'),
  ],
];

/** The likely causes of checks that failed in a run of our own, the likeliest first. */
export function diagnoseChecks(
  checks: readonly CheckResult[],
  run: Pick<Situation, 'conversation' | 'given'>,
): Diagnosed {
  const failed = new Map(
    checks.filter(({ outcome }) => outcome === 'fail').map((check) => [check.id, check]),
  );
  const firstFailed = (ids: readonly CheckId[]) =>
    ids.map((id) => failed.get(id)).find((check) => check !== undefined);
  const timeCheck = firstFailed(timeChecks);
  const key = failed.get('id-token-key');
  const signature = failed.get('id-token-signature');
  const issuer = firstFailed(['id-token-iss', 'jarm-iss', 'metadata-issuer', 'issuer-mismatch']);
  const nonce = failed.get('id-token-nonce');
  const idToken = run.conversation.messages.flatMap((message) =>
    message.kind === 'token_response' ? idTokenOf(message.response.body) : [],
  );
  const passed = (id: CheckId) => checks.find((check) => check.id === id && check.outcome === 'pass');
  const isOfKey = key !== undefined || signature !== undefined;
  const [skew, kid] = [passed('clock-skew'), passed('id-token-key')?.expected];
  const { keySet, metadata } = run.conversation;
  const causes: readonly Candidate[] = [
    ruledOut(
      'The clock of this machine is wrong.',
      timeCheck && skew && say`${recall(skew.detail)} The Date of the answer says so.`,
    ),
    ruledOut(
      'The key that signed the ID token is not among those the server publishes.',
      isOfKey && kid !== undefined && say`A key of the key set has its kid, ${kid}.`,
    ),
    ruledOut(
      'The keys were not fetched where the server publishes them.',
      isOfKey &&
        keySet !== null &&
        keySet.url === metadata?.jwks_uri &&
        say`They are from ${shownValue(keySet.url)}, the jwks_uri of the metadata.`,
    ),
    ...idToken.flatMap((token) => tokenCauses(token, failedIds(checks))),
    timeCheck && (malformedClaim(timeCheck) ?? clockCause(timeCheck, checks)),
    key && (foreignKeySet(run) ?? keyCause(key, run)),
    key === undefined &&
      signature !== undefined && {
        cause: 'The ID token was changed, or signed with another key of the same name.',
        why: recall(signature.detail),
        try: 'Look for a server whose key set is not the one that signs: a cache, a second environment, or a key that was replaced under its old kid.',
        source: 'OIDC Core §3.1.3.7 6',
      },
    issuer && malformedClaim(issuer),
    issuer?.expected !== undefined &&
      issuer.received !== undefined &&
      malformedClaim(issuer) === undefined && {
        cause: 'The server names itself by another issuer than the one that was configured.',
        why: issuerDifference(issuer.expected, issuer.received),
        try: 'Give --issuer exactly as the server writes it, slash at the end included.',
        ...contradiction(issuer.expected, issuer.received),
        source: 'OIDC Discovery §4.3; OIDC Core §3.1.3.7 2',
      },
    nonce && nonceCause(nonce),
    ...answerCauses.map(([id, cause, remedy]): Candidate => {
      const check = failed.get(id);
      return (
        check &&
        (malformedClaim(check) ?? { cause, why: recall(check.detail), try: remedy, source: 'JARM §2.4' })
      );
    }),
  ];
  return rank(causes, 'login');
}

/** The ID token of a token response, as far as it can be read. */
function idTokenOf(
  body: string | null,
): readonly { readonly header: JsonObject; readonly claims: JsonObject }[] {
  const value = body === null ? undefined : parseIfJson(body);
  const text = isJsonObject(value) ? value.id_token : undefined;
  const decoded = typeof text === 'string' ? decodeJwt(text) : undefined;
  return decoded?.type === 'jws' ? [{ header: decoded.header, claims: decoded.claims }] : [];
}

/** The claim was received and is not what it has to be, so that nothing follows from its value. */
function malformedClaim({ id, detail, expected, received }: CheckResult): Cause | undefined {
  const isMalformed =
    expected === 'a time in seconds' ||
    /^(?:iss|aud) is (?:missing|not a string|neither|empty)|It is required, since max_age was asked for\.$/.test(
      detail,
    );
  if (!isMalformed) return undefined;
  const claim = id.replace(/^(?:id-token|jarm)-/, '').replaceAll('-', '_');
  const isJarm = id.startsWith('jarm-');
  const what = isJarm ? 'authorization response' : 'ID token';
  return {
    cause: say`${own(claim)} of the ${own(what)} is missing or malformed.`,
    why: recall(detail),
    try: 'The server has to be corrected: without this claim the token cannot be checked.',
    source: isJarm ? 'JARM §2.1' : 'OIDC Core §2',
    ...contradiction(expected, received),
  };
}

function keyCause(
  { detail, received }: CheckResult,
  { conversation }: Pick<Situation, 'conversation'>,
): Cause {
  const { keySet } = conversation;
  return keySet !== null && received !== undefined && !keySet.keyIds.includes(received)
    ? {
        cause: 'The key that signed the ID token is not among those the server publishes.',
        why: recall(detail),
        try: 'Fetch the keys again: "oauth-code discover" lists those that the server publishes now. If the key is still missing, its nodes have different keys, or it signs with one that it does not publish.',
        ...contradiction(say`one of ${shownValue(keySet.keyIds.join(', '))}`, received),
        source: 'OIDC Core §10.1.1',
      }
    : {
        cause: 'None of the keys at hand verifies the ID token.',
        why: recall(detail),
        try: 'Compare alg and kid of the token with the keys that "oauth-code discover" lists, and check that jwks_uri can be fetched.',
        source: 'OIDC Core §10.1',
      };
}

function nonceCause({ detail, expected, received }: CheckResult): Cause {
  return received === shownValue(undefined)
    ? {
        cause: 'The server does not send the nonce back in the ID token.',
        why: recall(detail),
        try: 'Have the server corrected. Until then log in with --nonce off: an ID token of another login is then not noticed.',
        source: 'OIDC Core §3.1.3.7 11',
        ...contradiction(expected, received),
      }
    : {
        cause: 'The ID token does not belong to this login: its nonce differs.',
        why: recall(detail),
        try: 'Look for a server or proxy that answers with an older token.',
        source: 'OIDC Core §3.1.3.7 11',
      };
}

function clockCause(check: CheckResult, checks: readonly CheckResult[]): Cause {
  const skew = checks.find(({ id, outcome }) => id === 'clock-skew' && outcome === 'warn');
  const seconds = Number.parseInt(skew?.received ?? '', 10);
  const source = `RFC 9110 §6.6.1; ${check.spec}`;
  // Clocks may differ and the token be at fault all the same: the check has compared by the other clock too.
  return Number.isNaN(seconds) || !check.detail.endsWith('which explains it.')
    ? {
        cause: 'A clock is wrong, or the server sent an old token.',
        why: recall(check.detail),
        try: 'Compare the clocks of this machine and of the server.',
        source,
        expected: check.expected,
        received: check.received,
      }
    : {
        cause: say`The clock of this machine is ${durationText(seconds)} ${own(seconds > 0 ? 'behind' : 'ahead of')} that of the server.`,
        why: say`The Date of the token response says so. By that clock the token is not at fault ("${own(check.title)}").`,
        try: 'Set the clock of the machine that is wrong, by NTP; it is this one unless the server is known to be wrong. "oauth-code doctor --issuer URL" compares them again.',
        source,
        confidence: 'high',
        expected: check.expected ?? own('a token that is valid by the clock of this machine'),
        received: say`a Date ${durationText(seconds)} ${own(seconds > 0 ? 'ahead' : 'behind')}`,
      };
}
