import type { LoginResult } from '../../../src/flows/complete-login.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { readTokenResponse } from '../../../src/protocol/token-response.ts';
import { now } from '../../output/example-login.ts';

/** A finished login whose token response had these members. */
export function resultOf(members: JsonObject, changes: Partial<LoginResult> = {}): LoginResult {
  const response = {
    status: 200,
    headers: [['content-type', 'application/json']] as const,
    body: JSON.stringify(members),
  };
  const reading = readTokenResponse(response, { grant: 'authorization_code' });
  if (reading.type === 'error' || reading.accessToken === null) {
    throw new Error('The example has no access token.');
  }
  const { accessToken } = reading;
  const request = { method: 'POST', url: 'https://a.example/token', headers: [] };
  return {
    issuer: 'https://a.example',
    clientId: 'app',
    metadata: {},
    tokens: {
      reading: { ...reading, accessToken },
      method: 'none',
      assertionAudience: 'https://a.example',
      exchange: { request, response, startedAt: now, durationMs: 1 },
    },
    requestedResources: [],
    requestedScope: ['openid', 'profile'],
    userinfo: null,
    receivedAt: now,
    checks: [],
    ...changes,
  };
}
