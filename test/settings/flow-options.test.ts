import { describe, expect, it } from 'vitest';
import { errorOf, runHere } from '../fakes/run-here.ts';

const login = async (...args: readonly string[]) =>
  errorOf(await runHere(['login', '--issuer', 'http://127.0.0.1:1', '--client-id', 'c', '--json', ...args]));

const browserless = /nothing comes back through one/;
const noSuchParameter = /no such parameter .*--param NAME=VALUE/;

describe('an option that the flow has no use for is refused, with the true reason', () => {
  it.each<[flow: string, option: readonly string[], why: RegExp]>([
    ['device', ['--redirect-uri', 'http://127.0.0.1:1/callback'], browserless],
    ['device', ['--response-type', 'code'], browserless],
    ['device', ['--listen', '0.0.0.0:1'], browserless],
    ['device', ['--pkce', 'S256'], browserless],
    ['device', ['--par'], browserless],
    ['device', ['--max-age', '5'], noSuchParameter],
    ['device', ['--login-hint', 'alice'], noSuchParameter],
    ['device', ['--binding-message', 'x'], /for --flow ciba/],
    ['device', ['--notification-uri', 'http://127.0.0.1:1/ping'], /for --flow ciba/],
    ['device', ['--fapi', '2'], /permits the code flow alone/],
    ['ciba', ['--state', 'x'], browserless],
    ['ciba', ['--claims', '{}'], noSuchParameter],
    ['ciba', ['--request-object'], browserless],
    ['ciba', ['--browser', 'x'], browserless],
    ['ciba', ['--fapi', '2'], /permits the code flow alone/],
    ['implicit', ['--pkce', 'S256'], /no code and no token request/],
    ['implicit', ['--dpop'], /no code and no token request/],
    ['implicit', ['--binding-message', 'x'], /for --flow ciba/],
    ['hybrid', ['--fapi', '2'], /permits the code flow alone/],
    ['hybrid', ['--notification-uri', 'http://127.0.0.1:1/ping'], /for --flow ciba/],
    ['code', ['--response-type', 'id_token'], /--flow hybrid or implicit/],
    ['code', ['--binding-message', 'x'], /for --flow ciba/],
  ])('--flow %s: %j', async (flow, option, why) => {
    const { message, hint, exit_code } = await login('--flow', flow, ...option);
    expect(exit_code).toBe(2);
    expect(message).toContain(`${option[0]} and --flow ${flow} exclude each other.`);
    expect(hint).toMatch(why);
  });

  it('also where no flow is named', async () => {
    const { message } = await login('--notification-uri', 'http://127.0.0.1:1/ping');
    expect(message).toContain('--notification-uri and the code flow exclude each other.');
  });

  it.each(['--allow-private', '--send-anyway'])('%s without --resource-url', async (option) => {
    expect(await login(option)).toMatchObject({
      exit_code: 2,
      message: `${option} has no effect without --resource-url.`,
    });
  });
});
