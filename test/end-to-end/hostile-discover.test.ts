import { describe, expect, it } from 'vitest';
import { json, text } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { loginAgainst, outcomesOf, refusalOf } from './scripted-login.ts';

const html = '<!doctype html><html><title>Sign in</title></html>';

describe('discover', () => {
  const discover = { command: ['discover'], afterKeys: false };

  it.each<[string, Script, string, 'fail' | 'warn']>([
    [
      'an issuer that differs',
      { metadata: (sound) => ({ ...sound, issuer: 'https://evil.example' }) },
      'metadata-issuer',
      'fail',
    ],
    [
      'a private key',
      { keys: () => json(200, { keys: [{ kty: 'oct', kid: 'k', k: 'c2VjcmV0LWtleQ' }] }) },
      'jwks-private',
      'fail',
    ],
    [
      'an endpoint over http',
      { metadata: (sound) => ({ ...sound, token_endpoint: 'http://as.example/token' }) },
      'metadata-urls',
      'warn',
    ],
    ['a wrong type', { metadata: (sound) => ({ ...sound, scopes_supported: 7 }) }, 'metadata-types', 'warn'],
    ['keys that are none', { keys: () => text(200, 'text/html', html) }, 'jwks', 'warn'],
    ['keys that are not there', { keys: () => text(404, 'text/html', html) }, 'jwks', 'warn'],
    [
      'a key of another make',
      { keys: () => json(200, { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] }) },
      'jwks-keys',
      'warn',
    ],
  ])('prints the document and ends with 7 for %s', async (_, script, check, outcome) => {
    const { status, stdout, stderr } = await loginAgainst(script, discover);
    expect(status).toBe(7);
    expect(outcomesOf(JSON.parse(stdout).checks, check)).toContain(outcome);
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '').error).toMatchObject({
      code: 'findings',
      exit_code: 7,
    });
    expect(stdout + stderr).not.toContain('c2VjcmV0LWtleQ');
  });

  it('ends with 6 and empty stdout when there is nothing', async () => {
    const login = await loginAgainst({ discovery: () => text(200, 'text/html', html) }, discover);
    expect(refusalOf(login)).toMatchObject({
      status: 6,
      code: 'invalid_response',
      seen: ['discovery', 'discovery'],
    });
  });

  it('fetches no keys from a link-local address', async () => {
    const metadata: Script['metadata'] = (sound) => ({ ...sound, jwks_uri: 'https://169.254.169.254/keys' });
    const { status, stdout } = await loginAgainst({ metadata }, discover);
    expect(status).toBe(7);
    expect(outcomesOf(JSON.parse(stdout).checks, 'metadata-private-address')).toContain('fail');
    expect(JSON.parse(stdout).checks).toContainEqual(
      expect.objectContaining({ id: 'jwks', detail: expect.stringContaining('link-local') }),
    );
  });
});
