import { describe, expect, it } from 'vitest';
import { loginAgainst } from '../end-to-end/scripted-login.ts';

describe('-v and -vv', () => {
  it.each([
    [['-v'], false],
    [['-vv'], true],
    [['-v', '--verbose'], true],
    [['--wire'], true],
  ])('%j shows requests and responses; the connection too: %s', async (args, wire) => {
    const { stderr, server } = await loginAgainst({}, { args, json: false });
    expect(stderr).toMatch(/^ {2}> POST .*\/token$/m);
    expect(stderr).toMatch(/^ {2}< 200$/m);
    expect(/^ {2}\* (?:new|kept-alive) connection to 127\.0\.0\.1:\d+$/m.test(stderr)).toBe(wire);
    expect(/^ {2}\* (?:sent after|TCP) .* ms, .*first byte after \d+ ms$/m.test(stderr)).toBe(wire);
    expect(/^ {2}> content-length: \d+$/m.test(stderr)).toBe(wire);
    for (const [, secret] of server.secrets) expect(stderr).not.toContain(secret);
  });

  it('shows a request that is never answered, and why', async () => {
    const { stderr, server } = await loginAgainst({ token: () => 'hang-up' }, { args: ['-v'], json: false });
    expect(stderr).toMatch(/^ {2}> POST .*\/token$/m);
    expect(stderr).toMatch(/^ {2}> grant_type=authorization_code&code=‹code›/m);
    expect(stderr).toMatch(/^ {2}\* no answer: 127\.0\.0\.1:\d+ closed the connection without an answer\.$/m);
    for (const [, secret] of server.secrets) expect(stderr).not.toContain(secret);
    const quiet = await loginAgainst({ token: () => 'hang-up' }, { json: false });
    expect(quiet.stderr).not.toContain('no answer:');
  });
});
