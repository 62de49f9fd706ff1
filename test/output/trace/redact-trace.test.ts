import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactTrace, revealTrace } from '../../../src/output/trace/redact-trace.ts';
import { renderTrace } from '../../../src/output/trace/render-trace.ts';
import { traceFormats } from '../../../src/output/trace/trace-formats.ts';
import type { Recording } from '../../../src/recording/recording.ts';
import { readTrace } from '../../../src/recording/trace-format.ts';
import { exampleSecrets, exampleTrace, exchange, knownSecrets } from './example-trace.ts';

const values = Object.values(exampleSecrets);

/** Everything a trace shows, in every format. */
function everything(trace: Recording): string {
  return traceFormats.map((format) => renderTrace(trace, format)).join('\n');
}

describe('a redacted trace', () => {
  it('holds no secret in any format', () => {
    const shown = everything(redactTrace(exampleTrace(), knownSecrets));
    for (const value of values) expect(shown).not.toContain(value);
    expect(shown).not.toContain(Buffer.from(exampleSecrets.client_secret).toString('base64').slice(0, 12));
  });

  it('holds no secret either when nobody said what is one, as with a recording from elsewhere', () => {
    const shown = everything(redactTrace(exampleTrace()));
    for (const value of values.filter((one) => one !== exampleSecrets.client_secret)) {
      expect(shown).not.toContain(value);
    }
  });

  it('has the same placeholder for the same secret in every message', () => {
    const { events } = redactTrace(exampleTrace(), knownSecrets);
    const text = JSON.stringify(events);
    expect(text.match(/‹code›/g)).toHaveLength(2);
    expect(text.match(/‹access_token›/g)).toHaveLength(2);
    expect(text).toContain('Basic ‹client_secret›');
  });

  it('has one placeholder for a secret however it is spelt, and in every format', () => {
    const value = `p@ss "w"+/=é&'$(id)%;#`;
    const form = new URLSearchParams([['x', value]]).toString().slice(2);
    const basic = Buffer.from(`client%201:${form}`).toString('base64');
    const assertion = exampleSecrets.id_token.replace(/[^.]+$/, 'another-signature');
    const spelt: Readonly<Record<string, string>> = {
      plain: value,
      form,
      percent: encodeURIComponent(value),
      twice: encodeURIComponent(encodeURIComponent(value)),
      json: JSON.stringify(value).slice(1, -1),
      base64: basic,
    };
    const trace = exampleTrace({
      outcome: {
        status: 'failed',
        error: {
          code: 'token_error',
          step: 'token',
          message: `refused "${value}"`,
          hint: null,
          exit_code: 3,
        },
        diagnosis: [
          { cause: value, why: value, try: value, confidence: 'low', expected: value, received: form },
        ],
        ruled_out: [{ cause: value, evidence: form }],
      },
      events: [
        exchange({
          request: {
            method: 'POST',
            url: `https://idp.example/token?hint=${spelt.percent}`,
            headers: [
              ['content-type', 'application/x-www-form-urlencoded'],
              ['Authorization', `Basic ${basic}`],
              ['X-Note', value],
            ],
            body: `client_secret=${form}&next=${spelt.twice}&client_assertion=${assertion}`,
          },
          response: {
            status: 400,
            headers: [],
            body: JSON.stringify({ echo: value, deep: JSON.stringify([value]) }),
          },
        }),
        { type: 'remark', at_ms: 400, step: 'token', text: `sent ${assertion} with ${value}` },
      ],
    });
    const secrets = [
      { kind: 'client_secret', value },
      { kind: 'client_assertion', value: assertion },
    ];
    const redacted = redactTrace(trace, secrets);
    expect(redacted.events[0]).toMatchObject({
      request: {
        url: 'https://idp.example/token?hint=‹client_secret›',
        headers: [
          ['content-type', 'application/x-www-form-urlencoded'],
          ['Authorization', 'Basic ‹client_secret›'],
          ['X-Note', '‹client_secret›'],
        ],
        body: 'client_secret=‹client_secret›&next=‹client_secret›&client_assertion=‹client_assertion›',
      },
      response: { body: String.raw`{"echo":"‹client_secret›","deep":"[\"‹client_secret›\"]"}` },
    });
    expect(redacted.events[1]).toMatchObject({ text: 'sent ‹client_assertion› with ‹client_secret›' });
    for (const format of traceFormats) {
      const shown = renderTrace(redacted, format).replaceAll('%E2%80%B9', '‹').replaceAll('%E2%80%BA', '›');
      for (const one of Object.values(spelt)) expect(shown, format).not.toContain(one);
      expect(shown, format).not.toContain(assertion);
      const kinds = new Set([...shown.matchAll(/‹([^‹›]*)›/g)].map(([, kind]) => kind));
      if (format !== 'curl') expect(kinds, format).toContain('client_secret');
      for (const kind of ['client_secret 2', 'credentials', 'jwt', 'client_assertion 2'])
        expect(kinds, format).not.toContain(kind);
    }
    const curl = renderTrace(redacted, 'curl');
    expect(curl).toContain('client_secret="$secret_client_secret"');
    expect(curl).toContain(`Basic '"$secret_basic_credentials"`);
  });

  it('finds a secret also where it stood before anything called it one', () => {
    const early = exchange({
      step: 'discovery',
      response: { status: 200, headers: [], body: `seen: ${exampleSecrets.access_token}` },
    });
    const { events } = redactTrace(exampleTrace({ events: [early, exchange()] }));
    expect(JSON.stringify(events[0])).toContain('seen: ‹access_token›');
  });

  it('keeps what the tokens say', () => {
    expect(redactTrace(exampleTrace(), knownSecrets).tokens).toEqual([
      {
        token: '‹id_token›',
        header: { alg: 'RS256', kid: 'key-1' },
        claims: { sub: 'alice', iss: 'https://idp.example', exp: 1795209372 },
      },
    ]);
  });

  it('is not changed by redacting it again', () => {
    const once = redactTrace(exampleTrace(), knownSecrets);
    expect(redactTrace(once)).toEqual(once);
  });

  it('is marked as redacted, and notes no secret', () => {
    const shown = revealTrace(exampleTrace(), knownSecrets);
    expect(shown).toMatchObject({ secrets: 'shown', known_secrets: knownSecrets });
    expect(redactTrace(shown)).toMatchObject({ secrets: 'redacted' });
    expect(redactTrace(shown)).not.toHaveProperty('known_secrets');
  });

  it('is as good when it is made later from a file with shown secrets', () => {
    const file = renderTrace(revealTrace(exampleTrace(), knownSecrets), 'json');
    const reading = readTrace(file);
    if (reading.type !== 'trace') throw new Error('not read');
    for (const value of values) expect(everything(redactTrace(reading.recording))).not.toContain(value);
  });

  const secret = fc
    .string({ unit: 'grapheme-ascii', minLength: 16, maxLength: 60 })
    .filter((text) => !/\s|[‹›]/.test(text) && /[^\w]|\d/.test(text));
  const name = fc.constantFrom(
    'access_token',
    'refresh_token',
    'client_secret',
    'code_verifier',
    'assertion',
    'password',
  );

  it('holds no secret wherever in a message it stands and however it is spelt', () => {
    fc.assert(
      fc.property(secret, name, (value, kind) => {
        const encoded = encodeURIComponent(value);
        const trace = exampleTrace({
          outcome: {
            status: 'failed',
            error: {
              code: 'token_error',
              step: 'token',
              message: `refused ${value}`,
              hint: value,
              exit_code: 3,
            },
          },
          events: [
            exchange({
              request: {
                method: 'POST',
                url: `https://idp.example/token?${kind}=${encoded}`,
                headers: [
                  ['Authorization', `Bearer ${value}`],
                  ['X-Api-Key', value],
                  ['Cookie', `a=${value}`],
                ],
                body: `${kind}=${encoded}`,
              },
              response: {
                status: 400,
                headers: [['Location', `https://x/?code=${encoded}`]],
                body: JSON.stringify({ [kind]: value, echo: value }),
              },
            }),
            { type: 'callback_ignored', at_ms: 1, reason: `got ${value}` },
            { type: 'remark', at_ms: 1, step: 'token', text: value },
            {
              type: 'checks',
              at_ms: 1,
              step: 'token',
              checks: [
                {
                  id: 'x',
                  outcome: 'fail',
                  title: 'X',
                  detail: value,
                  spec: '',
                  expected: value,
                  received: encoded,
                },
              ],
            },
          ],
        });
        const shown = everything(redactTrace(trace, [{ kind, value }]));
        expect(shown).not.toContain(value);
        expect(shown).not.toContain(encoded);
      }),
      { numRuns: 150 },
    );
  });
});
