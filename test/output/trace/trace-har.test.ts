import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import type { Har } from 'har-format';
import { describe, expect, it } from 'vitest';
import { redactTrace } from '../../../src/output/trace/redact-trace.ts';
import { renderTraceHar } from '../../../src/output/trace/trace-har.ts';
import type { Recording } from '../../../src/recording/recording.ts';
import { readTrace } from '../../../src/recording/trace-format.ts';
import { exampleTrace, exchange, knownSecrets } from './example-trace.ts';
import { foreignTraces } from './foreign-traces.ts';

const schema = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'fixtures', 'har-1.2.schema.json'), 'utf8'),
);
const validate = new Ajv({ allErrors: true }).compile(schema);

function har(trace: Recording): Har {
  const document: unknown = JSON.parse(renderTraceHar(trace));
  validate(document);
  expect(validate.errors ?? []).toEqual([]);
  return document as Har;
}

describe('a trace as HAR', () => {
  it('follows the specification and keeps the order of the conversation', () => {
    const { log } = har(redactTrace(exampleTrace(), knownSecrets));
    expect(log.creator).toEqual({ name: 'oauth-code', version: '1.2.3' });
    expect(log.entries.map(({ request }) => `${request.method} ${request.url.split('?')[0]}`)).toEqual([
      'GET https://idp.example/.well-known/openid-configuration',
      'GET https://idp.example/authorize',
      'GET http://127.0.0.1:8378/callback',
      'POST https://idp.example/token',
      'GET https://api.example/me',
    ]);
  });

  it('divides the time of an exchange into parts that add up to it', () => {
    const { log } = har(exampleTrace({ events: [exchange()] }));
    const entry = log.entries[0];
    expect(entry).toMatchObject({ time: 80, serverIPAddress: '192.0.2.1', connection: '443' });
    expect(entry?.timings).toEqual({
      blocked: 1,
      dns: 4,
      connect: 26,
      ssl: 16,
      send: 0,
      wait: 44,
      receive: 5,
    });
    const {
      blocked = 0,
      dns = 0,
      connect = 0,
      send,
      wait,
      receive,
    } = entry?.timings ?? { send: 0, wait: 0, receive: 0 };
    expect(blocked + dns + connect + (send ?? 0) + wait + receive).toBe(80);
  });

  it('writes placeholders into URLs as a URI allows it, and is read back with them', () => {
    const { log } = har(redactTrace(exampleTrace(), knownSecrets));
    const { url, queryString } = log.entries[2]?.request ?? { url: '', queryString: [] };
    expect(url).toMatch(/^[\x21-\x7e]+[?&]code=%E2%80%B9code%E2%80%BA/);
    expect(queryString).toContainEqual({ name: 'code', value: '‹code›' });
    expect(new URL(url).searchParams.get('code')).toBe('‹code›');
  });

  it('says of each entry what devtools sort it by, and how long a leg of the browser took', () => {
    const { log } = har(exampleTrace());
    expect(log.entries.map(({ _resourceType, time }) => [_resourceType, time])).toEqual([
      ['fetch', 20],
      ['document', 120],
      ['document', 240],
      ['fetch', 80],
      ['fetch', 80],
    ]);
  });

  it('tells of a request without an answer with status 0 and the reason', () => {
    const failed = exchange({ response: null, error: { code: 'network', message: 'Connection refused.' } });
    expect(har(exampleTrace({ events: [failed] })).log.entries[0]?.response).toMatchObject({
      status: 0,
      comment: 'Connection refused.',
    });
  });

  it('says whether secrets are in it', () => {
    expect(har(exampleTrace()).log.comment).toContain('holds tokens');
    expect(har(redactTrace(exampleTrace())).log.comment).toContain('placeholders');
  });

  it('follows the specification for any trace that can be read', () => {
    fc.assert(
      fc.property(foreignTraces, (text) => {
        const reading = readTrace(text);
        if (reading.type === 'trace') har(reading.recording);
      }),
    );
  });
});
