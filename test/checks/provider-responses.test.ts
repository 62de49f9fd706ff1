import { describe, expect, it } from 'vitest';
import { judgeAuthorizationResponse } from '../../src/checks/authorization-response.ts';
import { catalogue } from '../../src/checks/catalogue.ts';
import { type Finding, listFindings } from '../../src/checks/check-result.ts';
import { judgeErrorResponse } from '../../src/checks/error-response.ts';
import { findMetadataDeviations } from '../../src/checks/metadata.ts';
import { judgeTokenResponse } from '../../src/checks/token-response.ts';
import { judgeUserinfoResponse } from '../../src/checks/userinfo.ts';
import type { HttpResponse } from '../../src/http-message.ts';
import {
  type ReceivedAuthorizationResponse,
  readAuthorizationResponse,
} from '../../src/protocol/authorization-response.ts';
import { readMetadata } from '../../src/protocol/metadata.ts';
import { readTokenResponse } from '../../src/protocol/token-response.ts';
import { readUserinfoResponse } from '../../src/protocol/userinfo-response.ts';
import cases from '../fixtures/provider-responses.json';

type Case = (typeof cases)[number];

interface Answer {
  /** As `expect` of a case has it, without the deviations. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
}

const noteIds = new Set([
  'status-429-or-5xx',
  'expires-in-missing',
  'expires-in-zero',
  'expires-in-over-int32',
  'expires-at-instead-of-expires-in',
  'additional-tokens',
  'number-exceeds-safe-integer',
  'status-envelope',
  'nonstandard-error-fields',
  'callback-fragment-present',
  'pkce-not-advertised',
  'token-auth-methods-not-advertised',
]);

describe('the provider responses', () => {
  it.each(cases.map((given) => [given.id, given] as const))('%s', (_, given) => {
    const { values, findings } = answer(given);
    const { deviations, ...expected } = given.expect;
    expect(values).toEqual(expected);
    const ids = findings.map(({ id }) => id);
    expect(ids.sort()).toEqual(deviations.map((id) => id.replaceAll('_', '-')).sort());
    for (const finding of findings) {
      expect(finding.severity).toBe(noteIds.has(finding.id) ? 'note' : 'violation');
      expect(finding.title).toBe(catalogue[finding.id].title);
      expect(finding.spec).toBe(catalogue[finding.id].spec);
      expect(finding.detail).toMatch(/^[A-Za-z].*\.$/);
    }
  });

  it.each(cases.map((given) => [given.id, given] as const))(
    '%s: no finding shows a token or code',
    (_, given) => {
      const { values, findings } = answer(given);
      const shown = JSON.stringify(findings);
      for (const name of ['access_token', 'refresh_token', 'code']) {
        const value = values[name];
        if (typeof value === 'string') expect(shown).not.toContain(value);
      }
      expect(shown).not.toMatch(/eyJ|EXAMPLE[-\w.]*(?:at|rt|token|code)/);
    },
  );
});

function answer(given: Case): Answer {
  switch (given.endpoint) {
    case 'token':
    case 'error':
      return answerOfTokenEndpoint(given);
    case 'callback':
      return answerOfCallback(given);
    case 'userinfo':
      return answerOfUserinfo(given);
    case 'discovery': {
      const reading = readMetadata(responseOf(given), { issuer: given.request.issuer });
      const issuer = reading.type === 'metadata' ? reading.issuer : null;
      return { values: { outcome: 'metadata', issuer }, findings: findMetadataDeviations(reading) };
    }
    default:
      throw new Error(`unknown endpoint ${given.endpoint}`);
  }
}

function answerOfTokenEndpoint(given: Case): Answer {
  const { grant, scope } = given.request;
  const reading = readTokenResponse(responseOf(given), { grant, scope });
  if (reading.type === 'error') {
    const { error, errorDescription } = reading;
    return {
      values: { outcome: 'error', error, error_description: errorDescription },
      findings: listFindings(judgeErrorResponse(reading)),
    };
  }
  return {
    values: {
      outcome: 'tokens',
      access_token: reading.accessToken,
      refresh_token: reading.refreshToken,
      id_token_present: reading.idToken !== null,
      token_type: reading.tokenType,
      expires_in_seconds: reading.expiresInSeconds,
      scope: reading.scope,
    },
    findings: listFindings(judgeTokenResponse(reading)),
  };
}

function answerOfCallback(given: Case): Answer {
  const reading = readAuthorizationResponse(receivedOf(given), { state: given.request.state });
  const findings = listFindings(judgeAuthorizationResponse({ reading, issuer: null, issRequired: false }));
  switch (reading.type) {
    case 'code':
      return { values: { outcome: 'code', code: reading.code, state: reading.state }, findings };
    case 'error':
      return {
        values: { outcome: 'error', error: reading.error, error_description: reading.errorDescription },
        findings,
      };
    case 'tokens':
    case 'neither':
      return { values: { outcome: 'error', error: null, error_description: null }, findings };
  }
}

function answerOfUserinfo(given: Case): Answer {
  const scope: readonly string[] = given.request.scope ?? [];
  const openidRequested = scope.includes('openid');
  const reading = readUserinfoResponse(responseOf(given), { openidRequested });
  const findings = listFindings(judgeUserinfoResponse(reading));
  return reading.type === 'error'
    ? {
        values: { outcome: 'error', error: reading.error, error_description: reading.errorDescription },
        findings,
      }
    : { values: { outcome: 'claims', sub: reading.type === 'claims' ? reading.sub : null }, findings };
}

function responseOf(given: Case): HttpResponse {
  const { status, headers, body } = given.response;
  return { status: status ?? 200, headers: Object.entries(headers), body };
}

function receivedOf({ callback, response }: Case): ReceivedAuthorizationResponse {
  const url = callback?.url ?? '';
  switch (callback?.method) {
    case 'POST':
      return { method: 'POST', url, body: response.body };
    case 'PASTE':
      return { method: 'PASTE', url };
    default:
      return { method: 'GET', url };
  }
}
