import { describe, expect, it } from 'vitest';
import { failureOf, loginAgainst, outcomesOf, refusalOf, resultOf } from './scripted-login.ts';

const toTheToken = ['discovery', 'keys', 'authorize', 'token'];

describe('a clock that is wrong', () => {
  it.each([
    ['ahead', 3600, 'id-token-iat'],
    ['behind', -3600, 'id-token-exp'],
  ])('(the server %s by an hour) is named as the cause', async (_, clockAheadSeconds, check) => {
    const login = await loginAgainst({ clockAheadSeconds });
    expect(refusalOf(login)).toMatchObject({ status: 6, check, failed: [check], seen: toTheToken });
    const { checks } = failureOf(login);
    expect(outcomesOf(checks, 'clock-skew')).toEqual(['warn']);
    // The answer of a busy machine is some seconds old when it is read.
    expect(checks.find(({ id }) => id === check)?.detail).toMatch(
      /The clock of this computer is (1 h|59 min 5\d s) (behind|ahead of) the server's/,
    );
  });

  it('is bridged by --clock-tolerance', async () => {
    const login = await loginAgainst({ clockAheadSeconds: 3600 }, { args: ['--clock-tolerance', '3700'] });
    expect(outcomesOf(resultOf(login).checks, 'id-token-iat')).toEqual(['pass']);
  });
});
