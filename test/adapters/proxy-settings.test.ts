import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bypassesProxy, proxyFromEnvironment, readProxy } from '../../src/adapters/proxy-settings.ts';
import { ConfigError } from '../../src/errors.ts';
import { inputs } from '../every-case.ts';

describe('NO_PROXY', () => {
  it.each([
    ['*', 'https://any.example/', true],
    ['', 'https://any.example/', false],
    ['idp.example', 'https://idp.example/', true],
    ['IDP.example', 'https://idp.EXAMPLE/', true],
    ['idp.example', 'https://a.idp.example/', true],
    ['idp.example', 'https://notidp.example/', false],
    ['.example', 'https://idp.example/', true],
    ['*.idp.example', 'https://a.idp.example/', true],
    ['idp.example.', 'https://idp.example/', true],
    ['idp.example:8443', 'https://idp.example:8443/', true],
    ['idp.example:8443', 'https://idp.example/', false],
    ['idp.example:443', 'https://idp.example/', true],
    ['a.example, idp.example', 'https://idp.example/', true],
    ['a.example idp.example', 'https://idp.example/', true],
    ['10.1.2.3', 'http://10.1.2.3/', true],
    ['2.3', 'http://10.1.2.3/', false],
    ['10.0.0.0/8', 'http://10.1.2.3/', true],
    ['10.0.0.0/8', 'http://11.1.2.3/', false],
    ['10.0.0.0/99', 'http://10.1.2.3/', false],
    ['fd00::/8', 'http://[fd00::1]/', true],
    ['[fd00::1]:8080', 'http://[fd00::1]:8080/', true],
    ['fd00::1', 'http://[fd00::1]/', true],
    [',.,', 'https://idp.example/', false],
  ])('%j for %s: %s', (noProxy, url, expected) => {
    expect(bypassesProxy(new URL(url), noProxy)).toBe(expected);
  });

  it('never fails, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), fc.webUrl(), (noProxy, url) => {
        expect(typeof bypassesProxy(new URL(url), noProxy)).toBe('boolean');
      }),
      { numRuns: inputs(300) },
    );
  });
});

describe('proxy variables', () => {
  const https = new URL('https://idp.example/');
  const http = new URL('http://idp.example/');
  it.each([
    ['none', {}, https, undefined],
    ['HTTPS_PROXY for https', { HTTPS_PROXY: 'http://p:1' }, https, 'http://p:1'],
    [
      'the lower-case name first',
      { HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:2' },
      https,
      'http://q:2',
    ],
    ['an empty one as unset', { HTTPS_PROXY: 'http://p:1', https_proxy: ' ' }, https, 'http://p:1'],
    ['HTTP_PROXY only for http', { HTTP_PROXY: 'http://p:1' }, https, undefined],
    ['HTTP_PROXY for http', { HTTP_PROXY: 'http://p:1' }, http, 'http://p:1'],
    ['a proxy without scheme', { HTTP_PROXY: 'p:3128' }, http, 'http://p:3128'],
    ['ALL_PROXY for https', { ALL_PROXY: 'http://p:1' }, https, 'http://p:1'],
    ['ALL_PROXY for http, in lower case', { all_proxy: 'https://p:1' }, http, 'https://p:1'],
    ['ALL_PROXY without scheme', { ALL_PROXY: 'p:3128' }, https, 'http://p:3128'],
    [
      'HTTPS_PROXY before ALL_PROXY',
      { all_proxy: 'http://q:2', HTTPS_PROXY: 'http://p:1' },
      https,
      'http://p:1',
    ],
    ['NO_PROXY beside ALL_PROXY', { ALL_PROXY: 'http://p:1', no_proxy: 'idp.example' }, https, undefined],
    ['NO_PROXY', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'idp.example' }, https, undefined],
  ])('heeds %s', (_case, env, url, origin) => {
    expect(proxyFromEnvironment(url, env)?.origin).toBe(origin);
  });

  it.each(['ALL_PROXY', 'all_proxy'])(
    'refuses %s where it names a kind that is not supported, and only then',
    (name) => {
      const env = { [name]: 'socks5://u:s3cret@h:1' };
      expect(() => proxyFromEnvironment(https, env)).toThrow(
        `The proxy given by ${name} is of the kind socks5:// which is not supported.`,
      );
      expect(proxyFromEnvironment(https, { ...env, NO_PROXY: 'idp.example' })).toBeUndefined();
      expect(proxyFromEnvironment(new URL('https://localhost/'), env)).toBeUndefined();
      expect(proxyFromEnvironment(https, { ...env, HTTPS_PROXY: 'http://p:1' })?.origin).toBe('http://p:1');
    },
  );

  it('reads any text as a proxy or refuses it, without showing it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) => {
        try {
          expect(readProxy(text, '--proxy').origin).toMatch(/^https?:\/\//);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
      { numRuns: inputs(300) },
    );
  });
});
