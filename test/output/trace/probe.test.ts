import { describe, expect, it } from 'vitest';
import { recordedEvent } from '../../../src/flows/recorded-event.ts';
import { renderTrace } from '../../../src/output/trace/render-trace.ts';
import { sortConversation } from '../../../src/recording/conversation.ts';
import type { RecordedEvent } from '../../../src/recording/recording.ts';
import { readTrace } from '../../../src/recording/trace-format.ts';
import { exampleTrace } from './example-trace.ts';

const url = 'https://as.example/authorize?response_type=code&client_id=app&state=s';
const request = { method: 'GET', url, headers: [] };
const response = { status: 400, headers: [], body: 'Invalid parameter: redirect_uri' };
const told = { request, response, startedAt: new Date(1_790_000_000_000), durationMs: 5 };
const probe = recordedEvent(
  { type: 'exchange', step: 'probe', exchange: told },
  10,
  new Date(0),
) as RecordedEvent;
const recording = exampleTrace({ events: [probe] });

describe('the page that the tool fetched itself', () => {
  it('is an event of its own in a trace, and read back', () => {
    expect(probe).toMatchObject({ type: 'probe', step: 'probe', request, response });
    expect(readTrace(renderTrace(recording, 'json'))).toEqual({ type: 'trace', recording });
  });

  it('is no part of the conversation', () => {
    expect(sortConversation([probe]).messages).toEqual([]);
    expect(renderTrace(recording, 'har')).not.toContain('/authorize');
    expect(renderTrace(recording, 'curl')).not.toContain('/authorize');
  });

  it.each(['ascii', 'html', 'mermaid', 'markdown'] as const)('is drawn as %s', (format) => {
    expect(renderTrace(recording, format)).toContain('without cookies');
  });

  it('that was not answered is one too', () => {
    const failed = {
      type: 'request-failed',
      step: 'probe',
      request,
      durationMs: 5,
      error: new Error('x'),
    } as const;
    expect(recordedEvent(failed, 10, new Date(0))).toMatchObject({ type: 'probe', response: null });
  });
});
