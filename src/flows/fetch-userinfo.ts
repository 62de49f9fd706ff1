import { checkResult } from '../checks/check-result.ts';
import { combineWithFindings } from '../checks/covered-findings.ts';
import { findUserinfoDeviations } from '../checks/userinfo-findings.ts';
import { type UserinfoEvidence, validateUserinfo } from '../checks/validate-userinfo.ts';
import { InvalidResponseError, NetworkError } from '../errors.ts';
import { headerValue } from '../protocol/http-message.ts';
import type { JsonObject } from '../protocol/json.ts';
import { readUserinfoResponse } from '../protocol/userinfo-response.ts';
import { send, type Wire } from './send.ts';
import type { SettleChecks } from './settle-checks.ts';

/**
 * Calls the UserInfo endpoint with the access token and compares what it says with the ID token (OIDC Core §5.3).
 * An answer that is no UserInfo is a warning, because the tokens are good without it: null then.
 * @throws ValidationError when it tells of another person.
 */
export async function fetchUserinfo(
  wire: Wire,
  endpoint: string,
  accessToken: string,
  evidence: Omit<UserinfoEvidence, 'reading'>,
  settle: SettleChecks,
): Promise<JsonObject | null> {
  try {
    const { response } = await send(wire, 'userinfo', {
      method: 'GET',
      url: endpoint,
      headers: [
        ['accept', 'application/json, application/jwt'],
        ['authorization', `Bearer ${accessToken}`],
      ],
    });
    const reading = readUserinfoResponse(response, { openidRequested: true });
    if (reading.type === 'encrypted') {
      settle('userinfo', [
        checkResult(
          'userinfo-response',
          'warn',
          'The UserInfo response is encrypted and cannot be read here.',
        ),
      ]);
      return null;
    }
    if (reading.type === 'error') {
      const challenge = headerValue(response.headers, 'www-authenticate');
      const says = challenge === undefined ? '' : ` It says: ${challenge}`;
      settle('userinfo', [
        checkResult(
          'userinfo-response',
          'warn',
          `The UserInfo endpoint answered with status ${response.status}.${says}`,
        ),
      ]);
      return null;
    }
    const shape = checkResult(
      'userinfo-response',
      'pass',
      `Claims about the user with status ${response.status}.`,
    );
    settle('userinfo', combineWithFindings([shape], findUserinfoDeviations(reading)));
    settle('userinfo', await validateUserinfo({ ...evidence, reading }));
    return reading.claims;
  } catch (error) {
    if (!(error instanceof NetworkError || error instanceof InvalidResponseError)) throw error;
    settle('userinfo', [checkResult('userinfo-response', 'warn', `There is no UserInfo: ${error.message}`)]);
    return null;
  }
}
