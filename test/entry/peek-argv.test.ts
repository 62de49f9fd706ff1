import { describe, expect, it } from 'vitest';
import { peekArgv } from '../../src/entry/peek-argv.ts';

const profile = (name: string, format = 'token') => ({
  type: 'token',
  owner: { type: 'profile', name },
  format,
  scope: [],
});
const client = {
  type: 'token',
  owner: { type: 'client', issuer: 'https://as.example', clientId: 'app' },
  format: 'token',
  scope: [],
};
const other = { type: 'other' };

const atServer = ['--issuer', 'https://as.example', '--client-id', 'app'];

describe('peekArgv', () => {
  it.each([
    [['--version'], { type: 'version' }],
    [['-V'], { type: 'version' }],
    [['--help'], { type: 'help', topic: 'oauth-code', short: false }],
    [['-h'], { type: 'help', topic: 'oauth-code', short: true }],
    [[], { type: 'help', topic: 'oauth-code', short: true }],
    [['login', '-h'], { type: 'help', topic: 'login', short: true }],
    [['token', '--help'], { type: 'help', topic: 'token', short: false }],
    [['login', '--help', '--json'], other],
    [['login'], other],
    [[''], other],
  ])('reads %j', (argv, peeked) => {
    expect(peekArgv(argv, { OAUTH_CODE_SCOPE: 'openid' })).toEqual(peeked);
  });

  it.each([
    [['-p', 'work'], profile('work')],
    [['--profile=work', '-o', 'header'], profile('work', 'header')],
    [['--issuer', 'https://as.example', '--client-id=app'], client],
    [['-p=work'], other],
    [['-pwork'], other],
    [['-p', 'work', '-pjson'], other],
    [['-p', 'work', '-pquiet'], other],
    [['-p'], other],
    [['-p', '--json'], other],
    [['--profile='], other],
    [['-p', 'work', '--profile', 'home'], other],
    [['-p', 'work', '--client-id', 'app'], other],
    [['--issuer', 'https://as.example'], other],
    [['-p', 'work', '-o', 'json'], profile('work', 'json')],
    [['-p', 'work', '--json'], profile('work', 'json')],
    [['-p', 'work', '-o', 'git-credential'], other],
    [['-p', 'work', '--json', '-o', 'json'], other],
    [['-p', 'work', '--scope', 'a b', '--scope=c'], { ...profile('work'), scope: ['a', 'b', 'c'] }],
    [['-p', 'work', '--scope', 'ä'], other],
    [['-p', 'work', '--min-validity', '90', '-q'], { ...profile('work'), minValiditySeconds: 90 }],
    [['-p', 'work', '--min-validity', '1.5'], other],
    [['-p', 'work', '--grant-type', 'client_credentials'], other],
    [[...atServer, '--grant-type', 'client_credentials'], { ...client, grantType: 'client_credentials' }],
    [[...atServer, '--grant-type', 'password'], other],
    [[...atServer, '--grant-type', 'urn:ietf:params:oauth:grant-type:token-exchange'], other],
    [['-p', 'work', '--client-secret-env', 'S'], { ...profile('work'), secret: { env: 'S' } }],
    [['-p', 'work', '--client-secret-env', 'S', '--client-secret-file', 'f'], other],
    [['-p', 'work', '--client-secret-file', '-'], other],
    [['-json', '-p', 'work'], other],
    [['-p', 'work', 'more'], other],
    [['-p', 'work', '--fresh'], other],
    [[], other],
  ])('reads token with %j', (words, peeked) => {
    expect(peekArgv(['token', ...words], { HOME: '/home/me' })).toEqual(peeked);
  });

  it.each([
    [{ OAUTH_CODE_HOME: '/h', OAUTH_CODE_CLIENT_SECRET: 's', PATH: '/bin' }, 'token'],
    [{ OAUTH_CODE_PROFILE: 'work' }, 'token'],
    [{ OAUTH_CODE_SCOPE: 'openid' }, 'token'],
    [{ OAUTH_CODE_RESOURCE: 'https://api.example' }, 'other'],
    [{ OAUTH_CODE_RESOURCE: '' }, 'token'],
    [{ OAUTH_CODE_QUIET: 'maybe' }, 'other'],
  ])('leaves what the variables %j may change to the program', (env, type) => {
    expect(peekArgv(['token', '-p', 'work'], env).type).toBe(type);
  });

  it('takes the profile from its variable', () => {
    expect(peekArgv(['token'], { OAUTH_CODE_PROFILE: 'work' })).toEqual(profile('work'));
    expect(peekArgv(['token', '-p', 'home'], { OAUTH_CODE_PROFILE: 'work' })).toEqual(profile('home'));
    expect(peekArgv(['token'], { OAUTH_CODE_PROFILE: '' })).toEqual(other);
  });
});
