import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnoseMessage } from '../../src/checks/diagnosis/diagnose-message.ts';
import { judgeMessage } from '../../src/checks/judge-message.ts';
import { renderDebug } from '../../src/output/render-debug.ts';
import { inputKinds } from '../../src/protocol/captured/captured.ts';
import { recogniseInput } from '../../src/protocol/captured/recognise-input.ts';
import { sortConversation } from '../../src/protocol/captured/sort-conversation.ts';

// `npm test` makes a few; for a night: FUZZ_RUNS=100000 npx vitest run --project unit test/nightly
const runs = Number(process.env.FUZZ_RUNS ?? 500);
/** Above this one input hangs; none is larger than some kilobytes. */
const longestMs = 1000;

interface Case {
  readonly request: object;
  readonly response: {
    readonly status: number | null;
    readonly headers: Record<string, string>;
    readonly body: string;
  };
  readonly callback?: { readonly url: string };
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'provider-responses.json'), 'utf8'),
);
const entry = (given: Case, index: number) => ({
  startedDateTime: '2026-11-20T10:00:00Z',
  time: index,
  request: {
    method: 'POST',
    url: given.callback?.url ?? 'https://as.example/token?response_type=code&client_id=a&state=s',
    headers: [{ name: 'authorization', value: 'Basic YTpi' }],
    postData: { text: 'grant_type=authorization_code&code=abc&code_verifier=x&redirect_uri=https%3A%2F%2Fa' },
  },
  response: {
    status: given.response.status ?? 302,
    headers: Object.entries(given.response.headers).map(([name, value]) => ({ name, value })),
    redirectURL: 'https://a?code=abc&state=s',
    content: { size: 1, text: given.response.body },
  },
});
const curl = ({ response: { status, headers, body } }: Case) =>
  [
    `HTTP/1.1 ${status} X`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');

const seeds: readonly string[] = [
  ...cases.map((given) => JSON.stringify(given)),
  ...cases.map(({ response }) => response.body),
  ...cases.flatMap(({ callback }) => (callback === undefined ? [] : [callback.url])),
  ...cases.map(curl),
  ...cases.map((given) => curl(given).replace(/^/gm, '< ')),
  JSON.stringify({ log: { entries: cases.slice(0, 8).map(entry) } }),
  JSON.stringify(cases.slice(0, 5)),
  JSON.stringify({
    version: 1,
    kind: 'trace',
    events: [
      { type: 'exchange', step: 'token', request: {}, response: {} },
      { type: 'callback', url: 'x' },
    ],
  }),
  'https://as.example/a?response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fa&code_challenge=x&state=s',
  'WWW-Authenticate: Bearer realm="x", error="invalid_token"',
  'Bearer eyJhbGciOiJub25lIn0.eyJleHAiOjF9.',
  'grant_type=authorization_code&code=abc&client_id=a',
];

const fragments = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ':',
    ',',
    '&',
    '=',
    '?',
    '#',
    '%',
    '%2',
    '+',
    '.',
    '<',
    '>',
    '\n',
    '\r\n',
    '\t',
    '\u0000',
  ],
  ...[
    '\uFEFF',
    '\u202e',
    '\ud800',
    '\u2028',
    'null',
    'true',
    '1e999',
    '-0',
    '"__proto__"',
    '"error":',
    '"access_token":',
    '[[[[[[[[',
    '{"a":',
  ],
  ...[
    'HTTP/1.1 200 OK\n',
    '< ',
    '> ',
    '* ',
    'error=',
    'code=',
    'state=',
    'https://',
    'AADSTS50011',
    '<html>',
    '<script>',
    '{ [5 bytes data]\n',
  ],
];

/** A seed that was cut, doubled, swapped or sprinkled in a few places, as a broken copy, proxy or attacker would. */
const mutated = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat({ max: 40 }),
        text: fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 6, unit: 'binary' })),
        kind: fc.constantFrom('insert', 'delete', 'replace', 'double', 'cut'),
      }),
      { maxLength: 6 },
    ),
  )
  .map(([seed, changes]) =>
    changes.reduce((text, { at, length, text: piece, kind }) => {
      const start = Math.floor(at * text.length);
      const end = start + length;
      switch (kind) {
        case 'insert':
          return text.slice(0, start) + piece + text.slice(start);
        case 'delete':
          return text.slice(0, start) + text.slice(end);
        case 'replace':
          return text.slice(0, start) + piece + text.slice(end);
        case 'double':
          return text.slice(0, end) + text.slice(start);
        default:
          return text.slice(0, start);
      }
    }, seed),
  );

const generated = fc
  .array(fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 8 })), { maxLength: 60 })
  .map((parts) => parts.join(''));

const now = new Date('2026-11-20T12:00:00Z');
const view = { columns: 80, color: false, unicode: true, now, utcOffsetMinutes: () => 0, showSecrets: false };

describe(`${runs} inputs`, () => {
  it('are read, judged, diagnosed and shown without a crash, a hang or an active character', {
    timeout: 3_600_000,
  }, () => {
    let recognised = 0;
    let slowest = 0;
    fc.assert(
      fc.property(
        fc.oneof({ weight: 4, arbitrary: mutated }, { weight: 1, arbitrary: generated }),
        fc.option(fc.constantFrom(...inputKinds), { freq: 8, nil: undefined }),
        (text, kind) => {
          const started = performance.now();
          const recognition = recogniseInput(text, 'input', kind);
          if (recognition.type === 'recognised') {
            recognised += 1;
            const conversation = sortConversation(recognition.captured);
            const messages = conversation.messages.map((message) => {
              const judged = judgeMessage(message, now);
              return {
                kind: message.kind,
                ...judged,
                diagnosis: diagnoseMessage(message, judged, conversation),
                source: message.source,
              };
            });
            JSON.stringify(messages);
            const shown = renderDebug({ version: 1, messages }, view);
            if (/[^\n\P{Cc}]|[\u200b\u2028\u202e]/u.test(shown))
              throw new Error('an active character is shown');
          }
          const elapsed = performance.now() - started;
          slowest = Math.max(slowest, elapsed);
          if (elapsed > longestMs) throw new Error(`took ${Math.round(elapsed)} ms`);
        },
      ),
      { numRuns: runs },
    );
    expect(recognised / runs).toBeGreaterThan(0.3);
    if (runs > 10_000)
      process.stderr.write(`${recognised} of ${runs} recognised, slowest ${slowest.toFixed(1)} ms\n`);
  });
});
