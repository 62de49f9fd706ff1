import type { BrowserLaunch, Context } from '../context.ts';
import { LoginRequiredError } from '../errors.ts';
import { own, type Said, say } from '../say.ts';
import type { Emit } from './conversation.ts';
import type { LoginSettings } from './login-settings.ts';

/** Opens the browser that was asked for, and tells how it fares; undefined when none was to be opened. */
export async function launchBrowser(
  doors: Pick<Context, 'openBrowser'>,
  { browser }: LoginSettings,
  url: string,
  emit: Emit,
): Promise<BrowserLaunch | undefined> {
  if (browser === 'off') return undefined;
  const started = (command: string) => emit({ type: 'browser-started', command });
  const launch = await doors.openBrowser(url, browser, started);
  emit({ type: 'browser', launch });
  return launch;
}

/** Why the wait would be in vain: a browser that does not open is not a failure where the user sees the printed URL. */
export function whyUnattended(
  launch: BrowserLaunch | undefined,
  { unattended }: LoginSettings,
): LoginRequiredError | undefined {
  const isOpen = launch === undefined || launch.type === 'opened' || launch.type === 'played';
  if (isOpen || unattended === undefined) return undefined;
  return personNeeded(say`no browser was opened here, and ${unattended}`);
}

const browserWays = own(
  'Add --no-browser to print the URL and wait until it is opened, or --browser COMMAND if a program signs ' +
    'in. For a job without a person use another grant: oauth-code token --grant-type client_credentials',
);

/** The refusal of a login without a person to sign in, with the ways to have one all the same. */
export function personNeeded(why: Said, hint: Said = browserWays): LoginRequiredError {
  return new LoginRequiredError(say`A login needs a person: ${why}.`, {
    step: 'authorization',
    hint,
  });
}
