import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOf, planBinding } from '../../src/adapters/callback-place.ts';
import { classifyRequest, type RequestHead } from '../../src/adapters/classify-callback.ts';
import { inputs } from '../every-case.ts';
import { pages } from './running-listener.ts';

const options = {
  redirectUri: 'http://localhost:8378/callback?tenant=a',
  ports: [8378],
  pages,
  judge: () => ({ type: 'accept' }) as const,
};
const place = placeOf(options, planBinding(options), 8378);
const head = (more: Partial<RequestHead>): RequestHead => ({
  method: 'GET',
  target: '/callback?tenant=a&code=1',
  headers: [['Host', 'localhost:8378']],
  localAuthority: '127.0.0.1:8378',
  ...more,
});

describe('what a request is', () => {
  it.each(['localhost:8378', 'LOCALHOST:8378', '127.0.0.1:8378', '[::1]:8378'])(
    'belongs to Host %s',
    (host) => {
      expect(classifyRequest(head({ headers: [['hOsT', host]] }), place)).toEqual({
        type: 'query',
        url: 'http://localhost:8378/callback?tenant=a&code=1',
      });
    },
  );

  it.each(['', '?', '?tenant=a'])('is the relay page for the query "%s"', (query) => {
    expect(classifyRequest(head({ target: `/callback${query}` }), place)).toEqual({ type: 'relay' });
  });

  it('is decided by the first match: Host, then path, then method', () => {
    const foreign: RequestHead['headers'] = [['Host', 'evil.example']];
    expect(classifyRequest(head({ headers: foreign, target: '/favicon.ico' }), place)).toMatchObject({
      status: 421,
    });
    expect(classifyRequest(head({ target: '/x', method: 'DELETE' }), place)).toEqual({ type: 'not_found' });
  });

  it('is never the callback when Host is foreign, whatever else it says', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'PUT'),
        fc.oneof(fc.string(), fc.webPath(), fc.constant('/callback?code=1')),
        fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string()),
        fc.array(fc.tuple(fc.constantFrom('Content-Type', 'Origin', 'Purpose', 'X'), fc.string()), {
          maxLength: 4,
        }),
        (method, target, host, headers) => {
          fc.pre(!place.authorities.has(host.trim().toLowerCase()));
          const type = classifyRequest(
            head({ method, target, headers: [...headers, ['Host', host]] }),
            place,
          ).type;
          expect(type).toBe('refused');
        },
      ),
      { numRuns: inputs(300) },
    );
  });

  it('is the callback only for the exact path, and keeps the query octet for octet', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary-ascii' }),
        fc.string({ unit: 'binary-ascii' }),
        (extra, query) => {
          const path = `/callback${extra.replaceAll('?', '')}`;
          const result = classifyRequest(head({ target: `${path}?x${query}` }), place);
          expect(result).toEqual(
            path === '/callback'
              ? { type: 'query', url: `http://localhost:8378/callback?x${query}` }
              : { type: 'not_found' },
          );
        },
      ),
      { numRuns: inputs(300) },
    );
  });

  it('never fails on a target', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (target) => {
        expect(classifyRequest(head({ target }), place).type).toMatch(/^(?:refused|not_found)$/);
      }),
      { numRuns: inputs(300) },
    );
  });
});
