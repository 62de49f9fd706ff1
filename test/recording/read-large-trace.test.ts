import { describe, expect, it } from 'vitest';
import { parseKeepingNumbers } from '../../src/json/parse-json-exactly.ts';
import { renderJson } from '../../src/output/render-json.ts';
import { redactTrace } from '../../src/output/trace/redact-trace.ts';
import { beginsLikeTrace, readLargeTrace, readTrace } from '../../src/recording/trace-format.ts';
import { exampleTrace } from '../output/trace/example-trace.ts';

async function* piecesOf(text: string, size: number): AsyncIterable<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

const token = { token: '‹access_token›', header: { alg: 'RS256' }, claims: { sub: 'a' } };
const traces = [
  ['redacted', redactTrace(exampleTrace({ tokens: [token] }))],
  [
    'with secrets',
    { ...exampleTrace({ tokens: [token] }), known_secrets: [{ kind: 'code', value: 'a-code' }] },
  ],
  ['without events', exampleTrace({ events: [] })],
] as const;

describe.each(traces)('a trace that arrives in pieces, %s,', (_, trace) => {
  it.each([1, 100, 100_000])('is read as it is read whole: %i characters each', async (size) => {
    const text = renderJson(trace, { pretty: true });
    expect(beginsLikeTrace(text)).toBe(true);
    expect(await readLargeTrace(piecesOf(text, size))).toEqual(readTrace(text));
  });
});

it('keeps the digits of numbers that a server sent', async () => {
  const claims = parseKeepingNumbers('{"sub":"a","id":12345678901234567890}');
  const trace = { ...exampleTrace(), tokens: [{ ...token, claims }] };
  const reading = await readLargeTrace(piecesOf(renderJson(trace, { pretty: false }), 1000));
  expect(renderJson(reading, { pretty: false })).toContain('"id":12345678901234567890');
});

it('refuses one that was cut off', async () => {
  const text = renderJson(exampleTrace(), { pretty: true });
  expect(await readLargeTrace(piecesOf(text.slice(0, -200), 1000))).toEqual({
    type: 'invalid',
    reason: 'It ends early.',
  });
});

it('refuses one of another version', async () => {
  const text = JSON.stringify({ ...exampleTrace(), version: 2 });
  expect(await readLargeTrace(piecesOf(text, 1000))).toEqual(readTrace(text));
});

it.each(['', '{"log":{"entries":[]}}', '[]', `{${' '.repeat(300)}"kind":"trace"}`])(
  'leaves %j alone',
  (text) => {
    expect(beginsLikeTrace(text)).toBe(false);
  },
);
