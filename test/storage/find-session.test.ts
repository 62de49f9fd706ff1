import { describe, expect, it } from 'vitest';
import { fitOf, type WantedSession } from '../../src/storage/find-session.ts';
import type { SavedSession } from '../../src/storage/session-file.ts';
import { clientAt, sessionWith } from '../fakes/saved-sessions.ts';

const issuer = 'https://op.example';
const saved: SavedSession = {
  version: 1,
  kind: 'oauth-code session',
  ...sessionWith(
    { origin: issuer, tokenEndpoint: `${issuer}/token`, last: { accessToken: 'at', refreshToken: 'rt' } },
    {
      account: { sub: 'u1', name: 'alice' },
      requested: {
        scope: ['openid', 'offline_access', 'read'],
        resource: ['https://a/', 'https://b/'],
        audience: null,
      },
      scope: ['openid', 'read'],
    },
  ),
};
const wanted: WantedSession = { owner: clientAt(issuer), scope: [], resource: [] };

describe('a session suits', () => {
  it.each<readonly [Partial<WantedSession>, 'whole' | 'part' | 'no']>([
    [{}, 'whole'],
    [{ issuer, clientId: 'client-1', tokenEndpoint: `${issuer}/token` }, 'whole'],
    [{ scope: ['read', 'openid', 'offline_access'] }, 'whole'],
    [{ scope: ['read', 'openid'] }, 'part'],
    [{ scope: ['openid'] }, 'part'],
    [{ scope: ['write'] }, 'no'],
    [{ scope: ['openid', 'write'] }, 'no'],
    [{ resource: ['https://b/', 'https://a/'] }, 'whole'],
    [{ resource: ['https://b/'] }, 'part'],
    [{ resource: ['https://c/'] }, 'no'],
    [{ account: 'alice' }, 'whole'],
    [{ account: 'u1' }, 'whole'],
    [{ account: 'bob' }, 'no'],
    [{ issuer: 'https://other.example' }, 'no'],
    [{ clientId: 'client-2' }, 'no'],
    [{ tokenEndpoint: 'https://evil.example/token' }, 'no'],
    [{ audience: 'api' }, 'no'],
    [{ grantType: 'client_credentials' }, 'no'],
    [{ grantType: 'authorization_code' }, 'whole'],
    [{ owner: { type: 'profile', name: 'work' } }, 'no'],
  ])('%j: %s', (differing, fit) => {
    expect(fitOf(saved, { ...wanted, ...differing }).type).toBe(fit);
  });
});

describe('a session of a client that can ask at any time', () => {
  const asked = (requested: Partial<SavedSession['requested']>): SavedSession => ({
    ...saved,
    grant_type: 'client_credentials',
    requested: { scope: [], resource: [], audience: null, ...requested },
  });
  const plain: WantedSession = { ...wanted, grantType: 'client_credentials' };

  it.each<readonly [Partial<SavedSession['requested']>, Partial<WantedSession>, 'whole' | 'no']>([
    [{}, {}, 'whole'],
    [{ scope: ['a'] }, { scope: ['a'] }, 'whole'],
    [{ scope: ['a'] }, {}, 'no'],
    [{ resource: ['https://a/'] }, {}, 'no'],
    [{ audience: 'api' }, {}, 'no'],
    [{}, { scope: ['a'] }, 'no'],
  ])('asked with %j, when %j is wanted: %s', (requested, differing, fit) => {
    expect(fitOf(asked(requested), { ...plain, ...differing }).type).toBe(fit);
  });
});
