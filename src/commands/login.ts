import type { Context } from '../context.ts';
import type { LoginResult } from '../flows/complete-login.ts';
import { personNeeded } from '../flows/launch-browser.ts';
import { own } from '../say.ts';
import type { SaveOutcome } from '../sessions/save-session.ts';
import { expectOptions, loginOptionGroups, saveOptions, storeOptions } from '../settings/options.ts';
import { isCi } from '../settings/output-settings.ts';
import type { LoginCommandSettings } from '../settings/settle-login.ts';
import { defineCommand, type Invocation } from './command.ts';
import type { AfterLogin } from './login/conclude-login.ts';

const examples = `
Examples:
  A public client, with PKCE:
  $ oauth-code login --issuer https://login.example.com --client-id my-app

  A confidential client; the secret is read from a variable:
  $ oauth-code login --issuer https://login.example.com --client-id my-app \\
      --client-secret-env MY_SECRET --scope "openid profile offline_access"

  Tokens that are bound to a key, so that a stolen one is worth nothing:
  $ oauth-code login --issuer https://login.example.com --client-id my-app --dpop

  Over SSH, or on a machine without a browser; sign in on your phone:
  $ oauth-code login --issuer https://login.example.com --client-id my-app --flow device

  The result for a script, without opening a browser:
  $ oauth-code login --issuer https://login.example.com --client-id my-app \\
      --no-browser --json`;

/** Gives `login` its options and action. */
export const define = defineCommand({
  description: 'Run the authorization code flow with your browser, check every step, show the tokens.',
  usage: '--issuer URL --client-id ID [options]',
  groups: [
    ...loginOptionGroups,
    ['Expectations:', expectOptions],
    ['Saving:', { ...saveOptions, ...storeOptions }],
  ],
  notes: examples,
  async action({ settle }) {
    const { settleLoginCommand } = await import('../settings/settle-login.ts');
    await login(...(await settle(settleLoginCommand)));
  },
});

/** Runs a login as `login` does. `onResult` has the tokens before a client that no session uses is deleted. */
export async function login(
  settings: LoginCommandSettings,
  invocation: Invocation,
  {
    onResult,
    ...wanted
  }: Pick<AfterLogin, 'isStep' | 'held'> & {
    onResult?(result: LoginResult, saved: SaveOutcome): Promise<void>;
  } = {},
): Promise<void> {
  const { run, save, keeping } = settings;
  if (run.login.flow === 'device' && run.login.unattended !== undefined)
    throw personNeeded(own('nothing may be asked (--no-input)'), own('Leave out --no-input.'));
  // Where the user signs in elsewhere, none has to be here.
  if (run.login.flow !== 'device' && run.login.flow !== 'ciba') requirePerson(settings, invocation.context);
  const saveProfile =
    save === undefined
      ? undefined
      : await (await import('./profile/save.ts')).prepareSave(save.settings, invocation, save.name);
  if (save !== undefined && saveProfile === undefined) return;
  const { prepareSessionSave } = await import('../sessions/save-session.ts');
  const { runLogin } = await import('./login/run-login.ts');
  const saveSession = await prepareSessionSave(keeping, run.login, invocation.context);
  await runLogin(run, invocation, {
    ...wanted,
    async saveSession(result, secret) {
      const outcome = await saveSession(result, secret);
      await onResult?.(result, outcome);
      return outcome;
    },
    ...(saveProfile === undefined ? {} : { saveProfile }),
  });
}

/** In CI no user sits before the browser that would open, unless the command line or BROWSER names one. */
function requirePerson({ namesBrowser }: LoginCommandSettings, { env, terminal }: Context): void {
  if (!isCi(env) || namesBrowser || env.BROWSER || terminal.stdinIsTTY) return;
  throw personNeeded(own('this is a CI job (CI is set)'));
}
