import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockedPorts } from '../../src/adapters/bind-port.ts';
import { placeOf, planBinding } from '../../src/adapters/callback-place.ts';
import type { ListenOptions } from '../../src/context.ts';
import { UsageError } from '../../src/errors.ts';
import { inputs } from '../every-case.ts';
import { pages } from './running-listener.ts';

const optionsFor = (redirectUri: string, more: Partial<ListenOptions> = {}): ListenOptions => ({
  redirectUri,
  ports: [],
  pages,
  judge: () => ({ type: 'accept' }),
  ...more,
});
const tls = { cert: '', key: '' };

describe('what is bound', () => {
  it.each([
    ['http://127.0.0.1:8378/callback', ['127.0.0.1'], [8378], false],
    ['http://127.9.8.7:8378/callback', ['127.9.8.7'], [8378], false],
    ['http://[::1]:8378/callback', ['::1'], [8378], false],
    ['http://localhost:8378/callback', ['127.0.0.1', '::1'], [8378], false],
    ['HTTP://LOCALHOST:0/', ['127.0.0.1', '::1'], [0], false],
    ['https://localhost/callback', ['127.0.0.1', '::1'], [443], true],
    ['http://app.localhost:8378/callback', ['127.0.0.1', '::1'], [8378], false],
    ['http://127.0.0.1', ['127.0.0.1'], [80], false],
  ])('for %s', (redirectUri, addresses, ports, secure) => {
    expect(planBinding(optionsFor(redirectUri))).toEqual({ addresses, ports, secure });
  });

  it('takes the given ports instead of the one written', () => {
    expect(planBinding(optionsFor('http://127.0.0.1:8378/', { ports: [1234, 0] })).ports).toEqual([1234, 0]);
  });

  it.each([
    ['0.0.0.0', ['0.0.0.0']],
    ['[::]', ['::']],
    ['::1', ['::1']],
    ['localhost', ['127.0.0.1', '::1']],
    ['app.localhost', ['127.0.0.1', '::1']],
  ])('follows bind to %s', (address, addresses) => {
    const bind = { address, port: 9000 };
    const plan = planBinding(optionsFor('https://dev.example.com/cb', { bind, ports: [8378] }));
    expect(plan).toEqual({ addresses, ports: [9000], secure: false });
    expect(planBinding(optionsFor('https://dev.example.com/cb', { bind, tls })).secure).toBe(true);
  });

  it.each([
    ['a host that is not loopback', 'http://dev.example.com/cb'],
    ['an address that is not loopback', 'http://192.168.1.2:8378/cb'],
    ['every address', 'http://0.0.0.0:8378/cb'],
    ['a name that begins with localhost', 'http://localhost.evil.example:8378/cb'],
    ['a private-use scheme', 'com.example.app:/cb'],
    ['a relative URL', '/callback'],
    ['a fragment', 'http://127.0.0.1:8378/cb#x'],
    ['a user name', 'http://me@127.0.0.1:8378/cb'],
    ['white space', ' http://127.0.0.1:8378/cb'],
    ['a backslash', 'http://127.0.0.1:8378\\cb'],
    ['one slash', 'http:/127.0.0.1:8378/cb'],
    ['nothing', ''],
  ])('refuses %s', (_, redirectUri) => {
    expect(() => planBinding(optionsFor(redirectUri))).toThrow(UsageError);
  });

  it('refuses a bind address that is a name', () => {
    const bind = { address: 'dev.example.com', port: 9000 };
    expect(() => planBinding(optionsFor('http://127.0.0.1:8378/', { bind }))).toThrow(
      /--listen names dev.example.com/,
    );
  });

  it('refuses every port that browsers refuse, written or given', () => {
    for (const port of blockedPorts) {
      if (port === 0 || port === 80 || port === 443) continue;
      expect(() => planBinding(optionsFor(`http://127.0.0.1:${port}/`))).toThrow(
        `Browsers refuse to open port ${port}`,
      );
      expect(() => planBinding(optionsFor('http://127.0.0.1:8378/', { ports: [8378, port] }))).toThrow(
        UsageError,
      );
    }
  });

  it('lets a blocked port be bound behind another one that is advertised', () => {
    const bind = { address: '0.0.0.0', port: 6000 };
    expect(planBinding(optionsFor('http://127.0.0.1:8378/', { bind })).ports).toEqual([6000]);
  });

  it.each([-1, 65_536, 1.5, Number.NaN])('refuses %d as a port', (port) => {
    expect(() => planBinding(optionsFor('http://127.0.0.1:8378/', { ports: [port] }))).toThrow(
      /is not a port/,
    );
  });
});

describe('the redirect URI that is advertised', () => {
  const advertised = (redirectUri: string, port: number, more: Partial<ListenOptions> = {}) => {
    const options = optionsFor(redirectUri, more);
    return placeOf(options, planBinding(options), port).redirectUri;
  };
  const bind = { address: '127.0.0.1', port: 0 };

  it.each([
    ['http://127.0.0.1:0/callback', 4711, 'http://127.0.0.1:4711/callback'],
    ['http://127.0.0.1:0', 4711, 'http://127.0.0.1:4711'],
    ['http://[::1]:0?a=:0', 4711, 'http://[::1]:4711?a=:0'],
    ['http://127.0.0.1:8378/callback', 8379, 'http://127.0.0.1:8379/callback'],
    ['http://127.0.0.1/callback', 80, 'http://127.0.0.1/callback'],
    ['https://localhost/callback', 443, 'https://localhost/callback'],
    ['http://127.0.0.1/callback', 8378, 'http://127.0.0.1:8378/callback'],
    ['HTTP://LocalHost:0/%7ea/../B?x=%2f', 4711, 'HTTP://LocalHost:4711/%7ea/../B?x=%2f'],
    ['http://127.0.0.1:08378/', 8378, 'http://127.0.0.1:08378/'],
  ])('%s on port %d is %s', (redirectUri, port, expected) => {
    expect(advertised(redirectUri, port)).toBe(expected);
  });

  it.each([
    ['https://dev.example.com/cb', 'https://dev.example.com/cb'],
    ['http://127.0.0.1:8378/cb', 'http://127.0.0.1:8378/cb'],
    ['http://127.0.0.1:0/cb', 'http://127.0.0.1:4711/cb'],
  ])('%s bound elsewhere is %s', (redirectUri, expected) => {
    expect(advertised(redirectUri, 4711, { bind })).toBe(expected);
  });

  it('keeps every octet outside the port', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('http://', 'HTTPS://'),
        fc.constantFrom('127.0.0.1', 'LocalHost', '[::1]'),
        fc.webPath(),
        fc.webQueryParameters(),
        fc.integer({ min: 10_081, max: 65_535 }),
        (scheme, host, path, query, port) => {
          const given = `${scheme}${host}:0${path}?${query}`;
          expect(advertised(given, port)).toBe(`${scheme}${host}:${port}${path}?${query}`);
        },
      ),
      { numRuns: inputs(200) },
    );
  });
});

describe('the callback', () => {
  it('is at the path as written and as browsers send it', () => {
    const options = optionsFor('http://localhost:8378/a/../zurück?n=ü');
    const place = placeOf(options, planBinding(options), 8378);
    expect([...place.paths]).toEqual(['/a/../zurück', '/zur%C3%BCck']);
    expect([...place.ownQueries]).toEqual(['', '?', '?n=ü', '?n=%C3%BC']);
    expect(place.origin).toBe('http://localhost:8378');
  });

  it('is at the root when the redirect URI has no path', () => {
    const options = optionsFor('http://localhost:8378');
    expect([...placeOf(options, planBinding(options), 8378).paths]).toEqual(['/']);
  });

  it('may be addressed without the port that is the default of the scheme', () => {
    const options = optionsFor('http://localhost/cb');
    expect([...placeOf(options, planBinding(options), 80).authorities]).toEqual([
      'localhost:80',
      'localhost',
      '127.0.0.1:80',
      '127.0.0.1',
      '[::1]:80',
      '[::1]',
    ]);
  });
});
