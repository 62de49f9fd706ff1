import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopbackHost, isLoopbackUrl, readRedirectUri, withPort } from '../../src/protocol/redirect-uri.ts';
import { inputs } from '../every-case.ts';

describe('reading a redirect URI', () => {
  it.each([
    ['http://127.0.0.1:8378/callback', 'http', '127.0.0.1', true],
    ['https://127.0.0.1/callback', 'https', '127.0.0.1', true],
    ['http://127.8.9.10:1/', 'http', '127.8.9.10', true],
    ['http://localhost:8378', 'http', 'localhost', true],
    ['http://LOCALHOST:8378/cb', 'http', 'localhost', true],
    ['http://[::1]:8378/callback', 'http', '::1', true],
    ['http://app.localhost:8378/cb', 'http', 'app.localhost', true],
    ['http://[0:0:0:0:0:0:0:1]/callback', 'http', '::1', true],
    ['https://client.example.com/cb?tenant=a', 'https', 'client.example.com', false],
    ['http://localhost.example.com/cb', 'http', 'localhost.example.com', false],
    ['http://127.0.0.1.example.com/cb', 'http', '127.0.0.1.example.com', false],
    ['http://[::ffff:127.0.0.1]/cb', 'http', '::ffff:7f00:1', false],
    ['com.example.app:/oauth2redirect', 'com.example.app', '', false],
    ['myapp://localhost/cb', 'myapp', 'localhost', false],
    ['urn:ietf:wg:oauth:2.0:oob', 'urn', '', false],
  ])('%s: scheme %s, host %s, loopback %s', (uri, scheme, host, loopback) => {
    expect(readRedirectUri(uri)).toEqual({ uri, scheme, host, loopback });
  });

  it.each([
    ['a fragment', 'http://127.0.0.1/cb#x'],
    ['an empty fragment', 'http://127.0.0.1/cb#'],
    ['no scheme', '127.0.0.1:8378/callback'],
    ['only a path', '/callback'],
    ['nothing', ''],
    ['no host', 'http://'],
    ['a port that is none', 'http://127.0.0.1:99999/cb'],
    ['white space before it', ' http://127.0.0.1/cb'],
    ['white space behind it', 'http://127.0.0.1/cb\n'],
    ['white space in it', 'http://127.0.0.1/c b'],
    ['a line feed in it', 'http://127.0.0.1/c\nb'],
    ['a scheme without slashes that a browser would repair', 'http:127.0.0.1/cb'],
    ['backslashes that a browser would repair', 'http:\\\\127.0.0.1\\cb'],
  ])('refuses %s', (_, uri) => {
    expect(readRedirectUri(uri)).toBeUndefined();
  });

  it('never throws, and hands out what it was given', () => {
    const almost = fc
      .tuple(
        fc.constantFrom('http://', 'https://', 'http:', 'app:', ''),
        fc.constantFrom('127.0.0.1', '[::1]', 'localhost', 'a.example', ''),
        fc.string({ unit: 'binary' }),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(almost, fc.string()), (uri) => {
        const read = readRedirectUri(uri);
        if (read === undefined) return;
        expect(read.uri).toBe(uri);
        expect(uri).not.toMatch(/[\s#]/);
      }),
      { numRuns: inputs(500) },
    );
  });
});

describe('a host on this machine', () => {
  it.each([
    ['localhost', true],
    ['LocalHost', true],
    ['localhost.', true],
    ['app.localhost', true],
    ['a.b.LOCALHOST', true],
    ['idp.localhost.', true],
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['127.1.2.3', true],
    ['::1', true],
    ['[::1]', true],
    ['0.0.0.0', false],
    ['::', false],
    ['128.0.0.1', false],
    ['127.0.0.1.example.com', false],
    ['localhost.example.com', false],
    ['1127.0.0.1', false],
    ['127.0.0.256', false],
    ['127.0.0.1:80', false],
    ['notlocalhost', false],
    ['[::2]', false],
    ['', false],
  ])('%s: %s', (host, expected) => {
    expect(isLoopbackHost(host)).toBe(expected);
  });
});

describe('a URL on this machine', () => {
  it.each([
    ['http://localhost:8378/cb', true],
    ['https://127.1.2.3', true],
    ['http://app.localhost/', true],
    ['https://[::1]/', true],
    ['ftp://localhost/', false],
    ['http://localhost.example.com/', false],
    ['https://as.example/localhost', false],
  ])('%s: %s', (url, expected) => {
    expect(isLoopbackUrl(new URL(url))).toBe(expected);
  });
});

describe('the same redirect URI with another port', () => {
  it.each([
    ['http://127.0.0.1:8378/callback', 9000, 'http://127.0.0.1:9000/callback'],
    ['http://127.0.0.1:0/callback', 9000, 'http://127.0.0.1:9000/callback'],
    ['http://127.0.0.1/callback', 9000, 'http://127.0.0.1:9000/callback'],
    ['http://127.0.0.1', 9000, 'http://127.0.0.1:9000'],
    ['http://localhost:/callback', 9000, 'http://localhost:9000/callback'],
    ['https://[::1]/cb', 8443, 'https://[::1]:8443/cb'],
    ['https://[::1]:443/cb', 8443, 'https://[::1]:8443/cb'],
    ['HTTP://LocalHost:1/Callback/', 80, 'HTTP://LocalHost:80/Callback/'],
    ['http://127.0.0.1:8378?a=b:1&c=:2', 9000, 'http://127.0.0.1:9000?a=b:1&c=:2'],
    ['http://127.0.0.1/a:0/b', 9000, 'http://127.0.0.1:9000/a:0/b'],
    ['http://127.0.0.1:8378/cb?u=http://h:1/', 9000, 'http://127.0.0.1:9000/cb?u=http://h:1/'],
  ])('%s with %i is %s', (uri, port, expected) => {
    expect(withPort(uri, port)).toBe(expected);
  });

  it('differs in nothing but the port', () => {
    const host = fc.oneof(
      fc.constantFrom('127.0.0.1', 'localhost', 'LOCALHOST', '[::1]', '[0:0:0:0:0:0:0:1]'),
      fc.domain(),
    );
    const rest = fc.tuple(fc.webPath(), fc.option(fc.webQueryParameters(), { nil: undefined }));
    const port = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(
        fc.constantFrom('http', 'https', 'HTTP'),
        host,
        fc.option(port, { nil: undefined }),
        rest,
        port,
        (scheme, name, old, [path, query], wanted) => {
          const tail = `${path}${query === undefined ? '' : `?${query}`}`;
          const written = `${scheme}://${name}${old === undefined ? '' : `:${old}`}${tail}`;
          expect(withPort(written, wanted)).toBe(`${scheme}://${name}:${wanted}${tail}`);
        },
      ),
      { numRuns: inputs(500) },
    );
  });
});
