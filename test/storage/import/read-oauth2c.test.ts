import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOauth2c } from '../../../src/storage/import/read-oauth2c.ts';

describe('readOauth2c', () => {
  it('reads no other command', () => {
    expect(readOauth2c(['curl', 'https://a.example'])).toBeUndefined();
    expect(readOauth2c([])).toBeUndefined();
  });

  it.each([
    [['--http-timeout', 'soon'], '--http-timeout: its value has no counterpart here'],
    [['--grant-type', 'password'], '--grant-type: its value has no counterpart here'],
    [['--response-types', 'id_token'], '--response-types: its value has no counterpart here'],
    [['--client-id'], '--client-id: its value is missing'],
    [['--password', 'hush'], '--password: a secret itself; a profile does not hold it'],
    [['config.json'], 'the configuration file that is named in place of an issuer'],
    [['https://a.example', 'more'], 'a word that belongs to no flag'],
    [['--constructor', 'x'], '--constructor: not known here'],
  ])('lists what it leaves out of %j', (words, leftOut) => {
    expect(readOauth2c(['oauth2c', ...words])?.leftOut).toEqual([leftOut]);
  });

  it('takes the address of a document for what it is', () => {
    const url = 'https://a.example/.well-known/openid-configuration';
    expect(readOauth2c(['/opt/bin/oauth2c', url])?.settings.get('metadata-url')).toEqual([url]);
  });

  it('names no value of what it leaves out, whatever the words are', () => {
    const secret = 'hush-hush-hush';
    const word = fc.oneof(
      fc.constantFrom(
        '--client-secret',
        '--password',
        '--refresh-token',
        '--wat',
        '--pkce',
        `--x=${secret}`,
        secret,
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(readOauth2c(['oauth2c', ...words])?.leftOut.join()).not.toContain(secret);
      }),
    );
  });
});
