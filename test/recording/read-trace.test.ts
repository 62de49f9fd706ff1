import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactTrace, revealTrace } from '../../src/output/trace/redact-trace.ts';
import { renderTrace } from '../../src/output/trace/render-trace.ts';
import { savedExchange } from '../../src/recording/recording.ts';
import { readTrace, traceDocument } from '../../src/recording/trace-format.ts';
import { exampleTrace, knownSecrets } from '../output/trace/example-trace.ts';
import { foreignTraces } from '../output/trace/foreign-traces.ts';

describe('reading a trace', () => {
  it.each([
    ['redacted', redactTrace(exampleTrace(), knownSecrets)],
    ['with its secrets', revealTrace(exampleTrace(), knownSecrets)],
    [
      'of a failed run',
      redactTrace(
        exampleTrace({
          outcome: {
            status: 'failed',
            error: {
              code: 'token_error',
              step: 'token',
              message: 'The token endpoint refused the request.',
              hint: null,
              exit_code: 3,
              oauth: { error: 'invalid_client', error_description: null, error_uri: null, status: 401 },
            },
            diagnosis: [
              { cause: 'It is wrong.', why: 'It was seen.', try: 'Change it.', confidence: 'high' },
              {
                cause: 'It differs.',
                why: 'They were compared.',
                try: 'Make them equal.',
                confidence: 'low',
                source: 'RFC 6749 §5.2',
                expected: 'a',
                received: 'b',
              },
            ],
          },
        }),
      ),
    ],
  ])('brings back what was written: %s', (_, trace) => {
    expect(readTrace(renderTrace(trace, 'json'))).toEqual({ type: 'trace', recording: trace });
  });

  it('accepts a byte order mark', () => {
    expect(readTrace(`\ufeff${renderTrace(exampleTrace(), 'json')}`).type).toBe('trace');
  });

  it.each([
    ['nothing', ''],
    ['another text', 'HTTP/1.1 200 OK'],
    ['another JSON document', '{"version":1,"issuer":"https://idp.example"}'],
    ['a list', '[1]'],
    ['a HAR', '{"log":{"version":"1.2","entries":[]}}'],
  ])('leaves %s to others', (_, text) => {
    expect(readTrace(text)).toEqual({ type: 'other' });
  });

  it('says of a trace that was cut off that it is not complete', () => {
    const file = renderTrace(exampleTrace(), 'json');
    expect(readTrace(file.slice(0, file.length / 2))).toMatchObject({
      type: 'invalid',
      reason: expect.stringContaining('It is not complete JSON'),
    });
  });

  it('refuses the version of a later program', () => {
    expect(readTrace('{"version":2,"kind":"trace","events":[]}')).toEqual({
      type: 'invalid',
      reason: 'It has version 2; this program reads version 1.',
    });
  });

  it('leaves out events of an unknown type', () => {
    const text = '{"version":1,"kind":"trace","events":[{"type":"later"},{"type":"remark","text":"x"},7]}';
    expect(readTrace(text)).toMatchObject({
      type: 'trace',
      recording: { events: [{ type: 'remark', text: 'x' }] },
    });
  });

  it('takes a trace that does not say so for one with secrets', () => {
    expect(readTrace('{"version":1,"kind":"trace","events":[]}')).toMatchObject({
      recording: { secrets: 'shown' },
    });
  });

  it('never fails, and reads again what it has read', () => {
    fc.assert(
      fc.property(foreignTraces, (text) => {
        const reading = readTrace(text);
        if (reading.type !== 'trace') throw new Error('not read');
        expect(readTrace(JSON.stringify(reading.recording))).toEqual(reading);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['trace', 'other', 'invalid']).toContain(readTrace(text).type);
      }),
    );
  });
});

describe('a recording in a file', () => {
  it('keeps what was not recorded apart from what was empty', () => {
    const unknown = savedExchange({ response: { status: null, headers: null, body: null } });
    const headAlone = savedExchange({
      request: { method: 'POST', url: 'https://as.example/token', headers: [], body: null },
      response: { status: 401, headers: [], body: null },
    });
    const recording = { ...exampleTrace(), started_at: null, events: [unknown, headAlone] };
    const read = readTrace(JSON.stringify(traceDocument(recording)));
    expect(read).toMatchObject({
      type: 'trace',
      recording: { started_at: null, events: [unknown, headAlone] },
    });
  });
});
