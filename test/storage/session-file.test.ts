import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  digest,
  isFresh,
  parseSession,
  type SessionOwner,
  serializeSession,
  sessionFileName,
  settingsCandidates,
  settingsStamp,
} from '../../src/storage/session-file.ts';
import { inputs } from '../every-case.ts';
import { sessionWith } from '../fakes/saved-sessions.ts';

const profile = (name: string): SessionOwner => ({ type: 'profile', name });
const client = (issuer: string, clientId: string): SessionOwner => ({ type: 'client', issuer, clientId });
const session = sessionWith({
  origin: 'https://op.example',
  tokenEndpoint: 'https://op.example/token',
  last: { accessToken: 'at', refreshToken: 'rt' },
});

describe('the name of a session file', () => {
  it.each([
    [profile('work'), undefined, 'profile-work.json'],
    [profile('Work/1'), undefined, 'profile-%57ork%2f1.json'],
    [profile('..'), undefined, 'profile-...json'],
    [client('https://op.example', 'App'), undefined, 'client-https%3a%2f%2fop.example+%41pp.json'],
    [profile('work'), 'bob', `profile-work~${digest('bob')}.json`],
  ])('of %j (%s) is %s', (owner, variant, expected) => {
    expect(sessionFileName(owner, variant)).toBe(expected);
  });

  it('is a plain name that fits everywhere, and differs for owners that differ', () => {
    const owner = fc.oneof(
      fc.string({ maxLength: 300 }).map(profile),
      fc.tuple(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 })).map(([a, b]) => client(a, b)),
    );
    fc.assert(
      fc.property(owner, owner, (one, other) => {
        const [name, otherName] = [sessionFileName(one), sessionFileName(other)];
        expect(name).toMatch(/^(profile|client)-[a-z0-9._%+~-]*\.json$/);
        expect(name.length).toBeLessThan(200);
        expect(name.toLowerCase() === otherName.toLowerCase()).toBe(
          JSON.stringify(one) === JSON.stringify(other),
        );
      }),
      { numRuns: inputs(500) },
    );
  });
});

describe('the text of a session file', () => {
  it('is read back as it was', () => {
    const parsed = parseSession(serializeSession(session));
    expect(parsed).toEqual({
      type: 'session',
      session: { version: 1, kind: 'oauth-code session', ...session },
    });
  });

  it.each([
    ['', 'torn'],
    [serializeSession(session).slice(0, -20), 'torn'],
    ['null', 'foreign'],
    ['[]', 'foreign'],
    ['{}', 'foreign'],
    [serializeSession(session).replace('oauth-code session', 'something'), 'foreign'],
    [serializeSession(session).replace('"version":1', '"version":"1"'), 'foreign'],
    [serializeSession(session).replace('"version":1', '"version":2'), 'newer'],
    [serializeSession(session).replace('"obtained_at":"', '"obtained_at":"x'), 'foreign'],
    [serializeSession(session).replace('"access_token":"at"', '"access_token":1'), 'foreign'],
  ])('%s is %s', (text, problem) => {
    expect(parseSession(text)).toEqual({ type: 'unreadable', problem });
  });

  it('is judged whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseSession(text).type).toBe('unreadable');
      }),
      { numRuns: inputs(300) },
    );
  });

  it('is torn or foreign when it is cut off anywhere', () => {
    const text = serializeSession(session).trimEnd();
    for (let length = 0; length < text.length; length += 7) {
      expect(parseSession(text.slice(0, length))).toEqual({ type: 'unreadable', problem: 'torn' });
    }
  });
});

describe('freshness', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

  it.each([
    { age: 0, left: 3600, wish: {}, fresh: true },
    { age: 3539, left: 61, wish: {}, fresh: true },
    { age: 3540, left: 60, wish: {}, fresh: false },
    { age: 9, left: 11, wish: {}, fresh: true },
    { age: 10, left: 10, wish: {}, fresh: false },
    { age: 0, left: 600, wish: { minValiditySeconds: 599 }, fresh: true },
    { age: 10, left: 590, wish: { minValiditySeconds: 599 }, fresh: false },
    { age: 10, left: 590, wish: { minValiditySeconds: 600 }, fresh: true },
    { age: 310, left: 290, wish: { minValiditySeconds: 100_000 }, fresh: false },
    { age: 3599, left: 1, wish: { minValiditySeconds: 0 }, fresh: true },
    { age: 3600, left: 0, wish: { minValiditySeconds: 0 }, fresh: false },
    { age: 100, left: 3500, wish: { maxAgeSeconds: 100 }, fresh: true },
    { age: 101, left: 3499, wish: { maxAgeSeconds: 100 }, fresh: false },
    { age: -59, left: 3600, wish: {}, fresh: true },
    { age: -61, left: 3600, wish: {}, fresh: false },
    { age: 100_000, left: null, wish: {}, fresh: true },
    { age: 100_000, left: null, wish: { maxAgeSeconds: 60 }, fresh: false },
    { age: 100, left: -100, wish: { minValiditySeconds: 0 }, fresh: false },
  ])('$age s old, $left s left, wished $wish: $fresh', ({ age, left, wish, fresh }) => {
    const saved = { obtained_at: at(-age), expires_at: left === null ? null : at(left) };
    expect(isFresh(saved, now, wish)).toBe(fresh);
  });

  it('never holds for a token that has expired', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.nat(1e6),
        fc.option(fc.nat(1e6)),
        (past, life, wish) => {
          const saved = { obtained_at: at(-past - life), expires_at: at(-past) };
          expect(isFresh(saved, now, { minValiditySeconds: wish ?? undefined })).toBe(false);
        },
      ),
    );
  });
});

describe('the settings behind a session', () => {
  it('may stand in the user’s file and in every folder up to the root', () => {
    const surroundings = {
      env: { OAUTH_CODE_HOME: '/h' },
      platform: 'linux' as const,
      homeDirectory: () => '/home/me',
      workingDirectory: () => '/a/b',
    };
    expect(settingsCandidates(surroundings)).toEqual([
      '/h/config.json',
      '/a/b/oauth-code.config.json',
      '/a/oauth-code.config.json',
      '/oauth-code.config.json',
    ]);
  });

  it('are the same while no file comes, goes or changes', () => {
    const files = [
      ['/a', { mtimeMs: 1.5, size: 2 }],
      ['/b', undefined],
    ] as const;
    expect(settingsStamp(files)).toBe(settingsStamp([files[0]]));
    const others = [
      [['/a', { mtimeMs: 1.5, size: 3 }]],
      [['/a', { mtimeMs: 2.5, size: 2 }]],
      [['/c', { mtimeMs: 1.5, size: 2 }]],
      [],
    ] as const;
    for (const other of others) expect(settingsStamp(other)).not.toBe(settingsStamp(files));
  });
});
