import type { BrowserLaunch, Context } from '../context.ts';
import type { LoginRequiredError } from '../errors.ts';
import type { Emit } from './flow-event.ts';
import type { LoginSettings } from './login-settings.ts';
import { nobodyToAsk } from './nobody-to-ask.ts';

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

/** Why the wait would be in vain: a browser that does not open is no failure where somebody sees the printed URL. */
export function whyNobodyAnswers(
  launch: BrowserLaunch | undefined,
  { unattended }: LoginSettings,
): LoginRequiredError | undefined {
  const isOpen = launch === undefined || launch.type === 'opened' || launch.type === 'played';
  if (isOpen || unattended === undefined) return undefined;
  return nobodyToAsk(`no browser was opened here, and ${unattended}`);
}
