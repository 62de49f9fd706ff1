import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMemoryStore } from '../../src/idp/memory-store.ts';

afterEach(() => vi.useRealTimers());

describe('the memory store', () => {
  it('keeps models apart and finds by id, uid and user code', async () => {
    const store = createMemoryStore();
    const [sessions, codes] = [store('Session'), store('DeviceCode')];
    await sessions.upsert('1', { jti: '1', uid: 'u' }, 60);
    await codes.upsert('1', { jti: '1', userCode: 'ABCD' }, 60);
    expect(await sessions.find('1')).toEqual({ jti: '1', uid: 'u' });
    expect(await sessions.findByUid('u')).toEqual({ jti: '1', uid: 'u' });
    expect(await codes.findByUserCode('ABCD')).toEqual({ jti: '1', userCode: 'ABCD' });
    expect(await sessions.findByUserCode('ABCD')).toBeUndefined();
    await sessions.destroy('1');
    expect([await sessions.find('1'), await codes.find('1')]).toEqual([
      undefined,
      { jti: '1', userCode: 'ABCD' },
    ]);
  });

  it('forgets when the time is over, and never without a time', async () => {
    vi.useFakeTimers();
    const tokens = createMemoryStore()('AccessToken');
    await tokens.upsert('short', { jti: 'short' }, 10);
    await tokens.upsert('endless', { jti: 'endless' });
    vi.advanceTimersByTime(9_999);
    expect(await tokens.find('short')).toEqual({ jti: 'short' });
    vi.advanceTimersByTime(1);
    expect([await tokens.find('short'), await tokens.find('endless')]).toEqual([
      undefined,
      { jti: 'endless' },
    ]);
  });

  it('marks as consumed, and removes the tokens of a grant but not its interaction', async () => {
    const store = createMemoryStore();
    const [codes, interactions] = [store('AuthorizationCode'), store('Interaction')];
    await codes.upsert('c', { jti: 'c', grantId: 'g' }, 60);
    await interactions.upsert('i', { jti: 'i', grantId: 'g' }, 60);
    await codes.consume('c');
    expect((await codes.find('c'))?.consumed).toBeTypeOf('number');
    await store('RefreshToken').revokeByGrantId('g');
    expect([await codes.find('c'), (await interactions.find('i'))?.jti]).toEqual([undefined, 'i']);
  });
});
