import { describe, expect, it } from 'vitest';
import { recordedEvent } from '../../../src/flows/recorded-event.ts';
import { renderTrace } from '../../../src/output/trace/render-trace.ts';
import { traceFormats } from '../../../src/output/trace/trace-formats.ts';
import type { RecordedEvent } from '../../../src/recording/recording.ts';
import { readTrace } from '../../../src/recording/trace-format.ts';
import { exampleTrace, exchange } from './example-trace.ts';

const reason = 'a DPoP nonce is needed';
const retry = recordedEvent({ type: 'retry', step: 'token', reason }, 290, new Date(0)) as RecordedEvent;
const refused = { status: 400, headers: [], body: '{"error":"use_dpop_nonce"}' };
const recording = exampleTrace({
  events: [exchange({ response: refused }), retry, exchange({ at_ms: 300 })],
});

describe('a request that is sent again', () => {
  it('is kept in a trace with its reason, and read back', () => {
    expect(retry).toEqual({ type: 'retry', at_ms: 290, step: 'token', reason });
    expect(readTrace(renderTrace(recording, 'json'))).toEqual({ type: 'trace', recording });
  });

  it.each(traceFormats)('is told in a report as %s', (format) => {
    expect(renderTrace(recording, format)).toContain(reason);
  });

  it('is told once, of the request that follows', () => {
    const script = renderTrace(recording, 'curl');
    expect(script).toMatch(/# 1\. Token: answered with 400/);
    expect(script).toMatch(/# 2\. Token, sent again: a DPoP nonce is needed: answered with 200/);
    expect(renderTrace(recording, 'mermaid').match(/sent again/g)).toHaveLength(1);
  });
});
