import { createPublicKey } from 'node:crypto';
import { testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json, type SeenRequest, text } from '../../src/idp/misbehaviours/reply.ts';
import type { ScriptedClient } from '../../src/idp/misbehaviours/scripted-authorizations.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';

/** A secret with something in it for every way of writing it. */
export const clientSecret = 'S3cr&t/with+odd?characters="<of>"=40%20\'~.';
/** The key of a client that signs. */
export const privateKey = () => testKey('RS256', 'client-key').privateKey;
/** The same as a file holds it. */
export const pem = () => String(privateKey().export({ type: 'pkcs8', format: 'pem' }));

/** Clients with what they prove themselves with, and how the command line says so. */
export const clients: readonly [
  ScriptedClient['method'],
  () => Partial<ScriptedClient>,
  readonly string[],
][] = [
  ['none', () => ({}), []],
  ['client_secret_basic', () => ({ clientSecret }), ['--client-secret-env', 'THE_SECRET']],
  ['client_secret_post', () => ({ clientSecret }), ['--client-secret-file', '/secret']],
  ['client_secret_jwt', () => ({ clientSecret }), ['--client-secret-file', '-']],
  ['private_key_jwt', () => ({ publicKey: createPublicKey(privateKey()) }), ['--signing-key', '/key.pem']],
];

/** All that the server was sent, as a server would quote it that is being debugged. */
const echoed = ({ body, headers }: SeenRequest) =>
  [
    body,
    headers.authorization,
    ...[...new URLSearchParams(body)].flat(),
    decodedBasic(headers.authorization),
  ].join(' | ');
const decodedBasic = (field = '') => Buffer.from(field.replace(/^Basic /, ''), 'base64').toString();

const silent: Script = { token: () => 'silence' };

/** The `--timeout` of a login: short where a server that says nothing lets it run out, else enough for a busy machine. */
export const timeoutOf = (script: Script) => (script === silent ? '0.3' : '30');

/** Ways a login can go, and where it ends. */
export const courses: readonly [string, Script, number][] = [
  ['that succeeds', {}, 0],
  ['that is refused by the person', { answer: ({ state = '' }) => ({ error: 'access_denied', state }) }, 3],
  ['whose answer has another iss', { answer: (sound) => ({ ...sound, iss: 'https://evil.example' }) }, 6],
  [
    'whose answer has two codes',
    { answer: (sound) => `${new URLSearchParams(sound)}&code=${sound.code}` },
    6,
  ],
  [
    'refused with everything quoted',
    {
      token: (_, request) =>
        json(400, { error: 'invalid_grant', error_description: echoed(request), you_sent: echoed(request) }),
    },
    3,
  ],
  [
    'answered with a page that quotes everything',
    { token: (_, request) => text(500, 'text/html', `<html><body>${echoed(request)}`) },
    6,
  ],
  [
    'answered with a redirect that quotes everything',
    {
      token: (members, { body }) =>
        text(302, 'text/html', '', {
          location: `https://as.example/?${body}#access_token=${members.access_token}`,
        }),
    },
    6,
  ],
  [
    'answered with tokens in a form',
    {
      token: (members) =>
        text(200, 'text/plain', `${new URLSearchParams(members as Record<string, string>)}`),
    },
    0,
  ],
  [
    'answered with tokens under other names',
    { token: ({ access_token: token = '', ...rest }) => json(200, { ...rest, token }) },
    0,
  ],
  [
    'answered with tokens cut short',
    { token: (members) => text(200, 'application/json', JSON.stringify(members).slice(0, -1)) },
    6,
  ],
  [
    'answered with tokens and an error',
    { token: (members) => json(200, { ...members, error: 'server_error' }) },
    3,
  ],
  [
    'whose ID token is for another client',
    { idToken: ({ header, claims }) => forged(header, { ...claims, aud: 'x' }) },
    6,
  ],
  [
    'whose ID token is refused',
    { idToken: ({ header, claims }) => forged({ ...header, alg: 'none' }, claims) },
    6,
  ],
  [
    'whose access token is refused and quoted',
    {
      userinfo: (_, { headers }) =>
        text(401, 'text/plain', `No: ${headers.authorization}`, {
          'www-authenticate': `Bearer error_description="${headers.authorization}"`,
        }),
    },
    0,
  ],
  [
    'whose UserInfo quotes the access token',
    { userinfo: (claims, { headers }) => json(200, { ...claims, sub: `${headers.authorization}` }) },
    6,
  ],
  ['whose token endpoint says nothing', silent, 5],
  ['whose token endpoint hangs up', { token: () => 'hang-up' }, 5],
];

function forged(header: object, claims: object): string {
  return [header, claims, 'signature']
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}
