import type { CheckId } from '../checks/catalogue.ts';
import type { CheckResult } from '../checks/check-result.ts';
import { issuerDifference } from '../checks/issuer-difference.ts';
import { durationText } from '../checks/shown-value.ts';
import { type Candidate, type Cause, type Diagnosis, rank } from './diagnosis.ts';
import type { Situation } from './situation.ts';
import { foreignKeySet } from './token-evidence.ts';

const timeChecks: readonly CheckId[] = ['id-token-exp', 'id-token-iat', 'id-token-nbf', 'id-token-auth-time'];

/** The likely causes of checks that failed in a run of our own, the likeliest first. */
export function diagnoseChecks(
  checks: readonly CheckResult[],
  run: Pick<Situation, 'conversation' | 'given'>,
): readonly Diagnosis[] {
  const failed = new Map(
    checks.filter(({ outcome }) => outcome === 'fail').map((check) => [check.id, check]),
  );
  const timeCheck = timeChecks.map((id) => failed.get(id)).find((check) => check !== undefined);
  const key = failed.get('id-token-key');
  const signature = failed.get('id-token-signature');
  const issuer = failed.get('id-token-iss') ?? failed.get('metadata-issuer') ?? failed.get('issuer-mismatch');
  const nonce = failed.get('id-token-nonce');
  const causes: readonly Candidate[] = [
    timeCheck !== undefined && clockCause(timeCheck, checks),
    key !== undefined &&
      (foreignKeySet(run) ?? {
        cause: 'The key that signed the ID token is not among those the server publishes.',
        why: key.detail,
        try: 'The server may have rotated its keys without publishing the new one, or several of its nodes have different keys: tell whoever runs it. "oauth-code discover" lists the keys it publishes now.',
        confidence: 'high',
        source: 'OIDC Core §10.1.1',
      }),
    key === undefined &&
      signature !== undefined && {
        cause: 'The ID token was changed, or signed with another key of the same name.',
        why: signature.detail,
        try: 'Look for a server whose key set is not the one that signs: a cache, a second environment, or a key that was replaced under its old kid.',
        source: 'OIDC Core §3.1.3.7 6',
      },
    issuer?.expected !== undefined &&
      issuer.received !== undefined && {
        cause: 'The server names itself by another issuer than the one that was configured.',
        why: issuerDifference(issuer.expected, issuer.received),
        try: 'Give --issuer exactly as the server writes it, slash at the end included.',
        confidence: 'high',
        source: 'OIDC Discovery §4.3; OIDC Core §3.1.3.7 2',
        expected: issuer.expected,
        received: issuer.received,
      },
    nonce !== undefined && {
      cause: 'The ID token does not belong to this login: its nonce differs.',
      why: nonce.detail,
      try: 'Look for a server or proxy that answers with an older token.',
      source: 'OIDC Core §3.1.3.7 11',
    },
  ];
  return rank(causes, 'login');
}

function clockCause(check: CheckResult, checks: readonly CheckResult[]): Cause {
  const skew = checks.find(({ id, outcome }) => id === 'clock-skew' && outcome === 'warn');
  const seconds = Number.parseInt(skew?.received ?? '', 10);
  const source = 'RFC 9110 §6.6.1; OIDC Core §3.1.3.7 9, 10';
  return Number.isNaN(seconds)
    ? {
        cause: 'A clock is wrong, or the server sent an old token.',
        why: check.detail,
        try: 'Compare the clocks of this machine and of the server.',
        source,
        expected: check.expected,
        received: check.received,
      }
    : {
        cause: `The clock of this machine is ${durationText(seconds)} ${seconds > 0 ? 'behind' : 'ahead of'} that of the server.`,
        why: `The Date of the token response says so. By that clock the token is not at fault ("${check.title}").`,
        try: 'Set the clock of the machine that is wrong, by NTP; it is this one unless the server is known to be wrong. "oauth-code doctor --issuer URL" compares them again.',
        confidence: 'high',
        source,
      };
}
