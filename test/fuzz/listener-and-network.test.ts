import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { placeOf, planBinding } from '../../src/adapters/callback-place.ts';
import { splitCommandLine } from '../../src/adapters/child-program.ts';
import { classifyRequest } from '../../src/adapters/classify-callback.ts';
import { decodeContent } from '../../src/adapters/content-coding.ts';
import { tryFileLock } from '../../src/adapters/file-lock.ts';
import { FailedExchange } from '../../src/adapters/http-failure.ts';
import { bypassesProxy, proxyFromEnvironment, readProxy } from '../../src/adapters/proxy-settings.ts';
import type { ListenOptions } from '../../src/context.ts';
import { ConfigError, UsageError } from '../../src/errors.ts';
import { discoveryUrls } from '../../src/flows/discover-metadata.ts';
import { readPastedAnswer } from '../../src/flows/pasted-answer.ts';
import { readRedirectUri } from '../../src/protocol/redirect-uri.ts';
import { pages } from '../adapters/running-listener.ts';
import { fuzzParsers } from './fuzz-parsers.ts';
import { callbackUrls } from './provider-messages.ts';

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'oauth-code-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const listening = (redirectUri: string): ListenOptions => ({
  redirectUri,
  ports: [],
  pages,
  judge: () => ({ type: 'accept' }),
});
const own = listening('http://127.0.0.1:8378/callback');
const place = placeOf(own, planBinding(own), 8378);
const redirectUris = [
  'http://127.0.0.1:8378/callback',
  'http://localhost:0/',
  'https://[::1]:8443/cb?tenant=1',
  'com.example.app:/cb',
];
const heads = [
  'GET /callback?code=abc&state=s HTTP/1.1\nHost: 127.0.0.1:8378\nSec-Fetch-Site: none',
  'POST /callback HTTP/1.1\nHost: localhost:8378\nContent-Type: application/x-www-form-urlencoded',
  'POST http://127.0.0.1:8378/callback HTTP/1.1\nHost: 127.0.0.1:8378\nOrigin: http://127.0.0.1:8378\nContent-Type: application/vnd.oauth-code.fragment',
  'GET /callback HTTP/1.1\nHost: 127.0.0.1:8378\nSec-Purpose: prefetch;prerender',
];

/** Sorts a request that stands there as on the wire. */
function classify(text: string): void {
  const [first = '', ...fields] = text.split('\n');
  const [method = '', target = ''] = first.split(' ');
  const headers = fields.map((field): [string, string] => {
    const [name = '', ...value] = field.split(':');
    return [name, value.join(':').trim()];
  });
  classifyRequest({ method, target, headers, localAuthority: '127.0.0.1:8378' }, place);
}

const plain = 'a body of some length, a body of some length, a body of some length';
const compressed = [gzipSync, deflateSync, deflateRawSync, brotliCompressSync].map((compress) =>
  compress(plain).toString('latin1'),
);
/** The coding that is named is told from the length. */
const codings = [
  'gzip',
  'deflate',
  'br',
  'identity, gzip',
  'x-gzip, deflate',
  'zstd',
  'gzip, gzip, gzip, gzip',
];

fuzzParsers([
  {
    name: 'a request that reaches the listener',
    seeds: heads,
    fragments: ['Host: ', 'Origin: ', '\nHost: localhost:8378', '/callback', 'http://127.0.0.1:8378'],
    parse: classify,
  },
  {
    name: 'what is pasted into the terminal',
    seeds: [
      ...callbackUrls,
      '?code=abc&state=s',
      '#code=abc',
      'abcd',
      '"https://a.example/?code=x"',
      '<code=a>',
    ],
    fragments: ['code=', 'error=', '#', '?', '"', '<', '>'],
    parse: (text) => readPastedAnswer(text, 'state'),
  },
  {
    name: 'a redirect URI and an issuer',
    seeds: redirectUris,
    refusesWith: [UsageError],
    parse(text) {
      readRedirectUri(text);
      if (URL.canParse(text)) discoveryUrls(text);
      const options = listening(text);
      placeOf(options, planBinding(options), 8378);
    },
  },
  {
    name: 'the exceptions of a proxy',
    seeds: [
      'localhost,127.0.0.1,.example.com',
      '10.0.0.0/8 [::1]:443, *.a.b:80',
      '*',
      'fe80::/10,example.com:',
    ],
    fragments: ['/', ':', '[', ']', '*.', '::', '255', '/33', '10.'],
    parse(text) {
      for (const url of ['https://as.example.com', 'http://10.1.2.3:8080', 'https://[fe80::1]'])
        bypassesProxy(new URL(url), text);
    },
  },
  {
    name: 'a proxy',
    seeds: ['http://user:p%20w@proxy.example:3128', 'proxy:80', 'socks5://a', 'https://[::1]:1'],
    fragments: ['://', '@', ':', '%'],
    refusesWith: [ConfigError],
    parse(text) {
      const env = { http_proxy: text, HTTPS_PROXY: text, ALL_PROXY: text, no_proxy: text };
      readProxy(text, '--proxy');
      proxyFromEnvironment(new URL('https://as.example'), env);
    },
  },
  {
    name: 'a compressed body',
    seeds: compressed,
    share: 0.3,
    refusesWith: [FailedExchange],
    parse: (text) =>
      decodeContent(
        Buffer.from(text, 'latin1'),
        [['content-encoding', codings[text.length % codings.length] ?? '']],
        { label: 'as.example:443', secure: true },
      ),
  },
  {
    name: 'the command of a browser',
    seeds: ['firefox --new-tab %s', '"C:\\Program Files\\x.exe" \'a b\' "c"', 'a:b'],
    fragments: ['"', "'", ' ', '%s'],
    // An environment holds no longer value.
    longest: 100_000,
    parse: splitCommandLine,
  },
  {
    name: 'a lock file',
    seeds: ['123\nhost pid:[1]\n123.abc\n1795209372000\n', '999999\nelsewhere\n1.a\n\n'],
    share: 0.1,
    longest: 0,
    parse(text) {
      const path = join(folder, 'lock');
      writeFileSync(path, text);
      const attempt = tryFileLock(path);
      if (attempt.type === 'acquired') attempt.lock.release();
      rmSync(path, { force: true });
    },
  },
]);
