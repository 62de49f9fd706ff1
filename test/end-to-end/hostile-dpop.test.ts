import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { refusedBindings, unmeetableNonces, unmeetableResources } from '../../src/idp/misbehaviours/dpop.ts';
import { json, text } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { failureOf, loginAgainst, objectionsIn, refusalOf, resultOf } from './scripted-login.ts';

const args = ['--dpop'];
const toTheToken = ['discovery', 'keys', 'authorize', 'token'];
const noncesIn = ({ server }: Awaited<ReturnType<typeof loginAgainst>>) =>
  server.requests.flatMap(({ headers, endpoint }) =>
    headers.dpop === undefined ? [] : [[endpoint, decodeJwt(headers.dpop).nonce]],
  );

describe('a token that is not bound to the key that was proven', () => {
  it.each(refusedBindings)('$wrong ends the login before UserInfo', async ({ script, checks }) => {
    expect(refusalOf(await loginAgainst(script, { args }))).toEqual({
      status: 6,
      code: 'validation_failed',
      step: 'token',
      check: 'dpop-binding',
      failed: [...checks],
      seen: toTheToken,
    });
  });

  it('is put up with when the check is waived', async () => {
    const [downgrade] = refusedBindings;
    const login = await loginAgainst(downgrade?.script ?? {}, {
      args: [...args, '--no-verify', 'dpop-binding'],
    });
    expect(resultOf(login).tokens.token_type).toBe('Bearer');
  });
});

describe('a nonce', () => {
  /** A server and a UserInfo endpoint with a nonce each, of which neither takes the other one's. */
  const demanding: Script = {
    before({ endpoint, headers }) {
      if (headers.dpop === undefined) return undefined;
      const { nonce } = decodeJwt(headers.dpop);
      if (endpoint === 'token')
        return nonce === 'n-1' ? undefined : json(400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': 'n-1' });
      const challenge = { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'a-1' };
      return nonce === 'a-1' ? undefined : text(401, 'text/plain', '', challenge);
    },
    token: (members) => json(200, members, { 'dpop-nonce': 'n-2' }),
  };

  it.each(unmeetableNonces)('$wrong ends the login, and says why', async ({ id, script }) => {
    const login = await loginAgainst(script, { args });
    const isMissing = id.endsWith('missing');
    expect(refusalOf(login)).toEqual({
      status: 3,
      code: 'token_error',
      step: 'token',
      check: undefined,
      failed: [],
      seen: isMissing ? toTheToken : [...toTheToken, 'token'],
    });
    const [cause] = failureOf(login).diagnosis ?? [];
    const refused = noncesIn(login).at(-1)?.[1];
    expect(cause?.cause).toBe(
      isMissing
        ? 'A nonce is demanded for the DPoP proof, and none is given.'
        : `The nonce ${refused} of the DPoP proof is refused.`,
    );
  });

  it.each(unmeetableResources)('$wrong costs the claims of UserInfo alone', async ({ script, checks }) => {
    const login = await loginAgainst(script, { args });
    const { checks: listed, userinfo } = resultOf(login);
    expect([objectionsIn(listed), userinfo]).toEqual([[...checks], null]);
    expect(login.seen).toEqual([...toTheToken, 'userinfo', 'userinfo']);
  });

  it('of the server is never sent to the API at the same origin', async () => {
    const login = await loginAgainst(demanding, { args });
    expect(resultOf(login).userinfo).toMatchObject({ sub: 'user-1' });
    expect(noncesIn(login)).toEqual([
      ['token', undefined],
      ['token', 'n-1'],
      ['userinfo', undefined],
      ['userinfo', 'a-1'],
    ]);
    expect(login.complaints).toEqual([]);
  });
});
