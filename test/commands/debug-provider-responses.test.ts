import { describe, expect, it } from 'vitest';
import { everyCase } from '../every-case.ts';
import cases from '../fixtures/provider-responses.json';
import {
  debug,
  expectReading,
  findingIds,
  furtherCases,
  type ProviderResponseCase,
} from './provider-response-case.ts';

/** Findings about heads, which a body alone does not have. */
const ofHead =
  /^(?:success-status-not-200|error-with-status-200|error-status-unexpected|status-429-or-5xx|www-authenticate-missing|cache-control-missing|pragma-missing|content-type-wrong)$/;

describe('debug reads the provider responses', () => {
  it.each(cases.map((given) => [given.id, given] as const))('%s', (_, given) => expectReading(given));

  it('all in one list, each by its name', async () => {
    const { document } = await debug(['--fail-on', 'none'], JSON.stringify(cases));
    expect(document.messages.map(({ outcome }) => outcome)).toEqual(
      cases.map(({ expect: { outcome } }) => outcome),
    );
    expect(document.messages.map(({ source }) => source)).toEqual(
      cases.map(({ id }, index) => `stdin, item ${index + 1} (${id})`),
    );
  });

  const bodies = cases.filter(({ endpoint }) => endpoint !== 'callback');
  const allBodies: readonly ProviderResponseCase[] = [
    ...bodies,
    ...furtherCases.flatMap(([, further]) => further.filter(({ endpoint }) => endpoint !== 'callback')),
  ];

  // Each response is read above and below; here some of each provider, as one reader follows from the other.
  const some = (all: readonly ProviderResponseCase[]) =>
    all.filter((_, index) => everyCase || index % 4 === 0);

  it.each(some(allBodies).map((given): [string, ProviderResponseCase] => [given.id, given]))(
    '%s: the same from its body alone',
    async (_, given) => {
      const kinds: Record<string, string> = { userinfo: 'userinfo', discovery: 'metadata' };
      const { document } = await debug(
        ['--as', kinds[given.endpoint] ?? 'token_response'],
        given.response.body || ' ',
      ).catch(() => ({ document: undefined }));
      if (given.response.body.trim() === '') return expect(document).toBeUndefined();
      const [message] = document?.messages ?? [];
      const { outcome, deviations, ...values } = given.expect;
      // A status is sometimes all that tells tokens from an error.
      if (message?.outcome !== outcome) return expect(given.response.status).not.toBe(200);
      expect(message?.values).toEqual(values);
      const asked = [
        'id-token-missing',
        'issuer-mismatch',
        'sub-missing',
        'claim-wrong-type',
        'claims-nested',
      ];
      const expected = findingIds(given).filter((id) => !ofHead.test(id) && !asked.includes(id));
      expect(message?.findings.map(({ id }) => id).toSorted()).toEqual(expected);
    },
  );

  const fromCurl = allBodies.filter(({ response }) => !/\r/.test(response.body));

  it.each(some(fromCurl).map((given): [string, ProviderResponseCase] => [given.id, given]))(
    '%s: the same from the output of curl -i',
    async (_, given) => {
      const { status, headers, body } = given.response;
      const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      const text = [`HTTP/1.1 ${status} Whatever`, ...head, '', body].join('\r\n');
      const kinds: Record<string, string> = { userinfo: 'userinfo', discovery: 'metadata' };
      const { document } = await debug(['--as', kinds[given.endpoint] ?? 'token_response'], text);
      const [message] = document.messages;
      const { outcome, deviations, ...values } = given.expect;
      expect({ outcome: message?.outcome, values: message?.values }).toEqual({ outcome, values });
      const asked = [
        'id-token-missing',
        'issuer-mismatch',
        'sub-missing',
        'claim-wrong-type',
        'claims-nested',
      ];
      const expected = findingIds(given).filter((id) => !asked.includes(id));
      expect(message?.findings.map(({ id }) => id).toSorted()).toEqual(expected);
    },
  );
});

describe.each(furtherCases)('debug reads further responses: %s', (_, further) => {
  it.each(further.map((given) => [given.id, given] as const))('%s', (_id, given) => expectReading(given));
});
