import type { Emit, FlowEvent } from '../../flows/conversation.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import type { Redactor } from '../../output/redact.ts';
import { summarizeChecks } from '../../output/render-checks.ts';
import type { Step } from '../../output/render-step.ts';
import { inertText } from '../../output/terminal-text.ts';
import { layoutColumns } from '../../output/view.ts';
import { wrapNotice } from '../../output/width.ts';
import type { OutputSettings } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';
import { createTeller, narrateExchanges } from '../narrate-exchanges.ts';
import { stepNames } from '../trace/tell-exchange.ts';
import { describeLaunch, type ListeningAt } from './narrate-browser.ts';

/**
 * Makes the narrator of a login: it tells each event on stderr as it happens, fills the journal, and lets no
 * secret through. The authorization URL is told whatever else is silenced.
 */
export function narrateLogin(
  output: OutputSettings,
  settings: LoginSettings,
  invocation: Invocation,
  redactor: Redactor,
): Emit {
  const { context, journal } = invocation;
  const { stderr } = context.terminal;
  const quiet = output.quiet;
  const teller = createTeller(invocation, redactor, quiet);
  const { tell } = teller;
  const narrate = narrateExchanges(output, invocation, teller);
  const sayWrapped = (text: string) => {
    if (quiet) return;
    journal.told = true;
    for (const line of wrapNotice(text, layoutColumns(stderr))) stderr.write(`${line}\n`);
  };
  let listening: ListeningAt | undefined;

  return (event) => {
    narrate(event);
    switch (event.type) {
      case 'listening':
        // Who binds elsewhere has already thought of how the answer comes in.
        if (settings.redirect.bind === undefined)
          listening = { uri: event.redirect_uri, anyPort: settings.redirect.ports[0] === 0 };
        return tell({ mark: 'pass', name: 'Listening', text: describeListening(event, settings) });
      case 'checks':
        return tellIdToken(event, tell);
      case 'authorization-url':
        if (quiet) return stderr.write(`${inertText(event.url)}\n`);
        journal.told = true;
        return stderr.write(urlText(event, settings, layoutColumns(stderr)));
      case 'browser-started':
        return tell({ mark: 'pass', name: 'Browser', text: `started ${event.command}` });
      case 'browser': {
        const { step, cure } = describeLaunch(event.launch, listening, context.env);
        if (step === undefined) return;
        tell(step);
        for (const line of cure) sayWrapped(`  ${inertText(line)}`);
        if (isUnseen(context, settings)) sayWrapped(describeWait(settings));
        return;
      }
      case 'callback_ignored':
        return tell({ mark: 'warn', name: 'Ignored', text: event.reason });
      case 'callback': {
        const by = {
          browser: 'from the browser',
          paste: 'pasted',
          'bare-code': 'a pasted code, without state',
        };
        return tell({ mark: 'pass', name: 'Answer', text: by[event.by], durationMs: event.waitedMs });
      }
    }
  };
}

/** Where it listens, told apart from what is advertised when the two differ. */
function describeListening(
  { redirect_uri: redirectUri, addresses }: Extract<FlowEvent, { type: 'listening' }>,
  { redirect }: LoginSettings,
): string {
  return redirect.bind === undefined ? redirectUri : `on ${addresses.join(', ')} for ${redirectUri}`;
}

/** An ID token that passes is worth a line; what fails was told already. */
function tellIdToken(
  { step, checks }: Extract<FlowEvent, { type: 'checks' }>,
  tell: (step: Step) => void,
): void {
  if (step !== 'id_token' || checks.length === 0 || checks.some(({ outcome }) => outcome === 'fail')) return;
  const warned = checks.some(({ outcome }) => outcome === 'warn');
  tell({ mark: warned ? 'warn' : 'pass', name: stepNames[step], text: summarizeChecks(checks) });
}

/** Whoever reads a log has to know why nothing goes on. */
function isUnseen(
  { terminal: { stdinIsTTY, stderr } }: Invocation['context'],
  { unattended }: LoginSettings,
): boolean {
  return unattended === undefined && !stdinIsTTY && !stderr.isTTY;
}

function describeWait({ browserTimeoutSeconds }: LoginSettings): string {
  return `  Waiting ${browserTimeoutSeconds} s for whoever opens the address above. With --no-input this would end at once.`;
}

/** Written at once: the reader of a pipe is woken by every write. */
function urlText(
  event: Extract<FlowEvent, { type: 'authorization-url' }>,
  { acceptsPaste, browser, redirect }: LoginSettings,
  columns: number,
): string {
  const warnsOfCertificate =
    event.listening &&
    event.redirectUri.startsWith('https:') &&
    redirect.tls === undefined &&
    redirect.bind === undefined;
  const said = [
    browser === 'off' ? 'Open this address to sign in:' : 'If no browser opens, open this address yourself:',
    event.url,
    ...(warnsOfCertificate
      ? ['At the end the browser will warn of a certificate that was made for this login only: let it go on.']
      : []),
    ...(acceptsPaste ? [describePasting(event)] : []),
  ];
  const lines = said.flatMap((text) => [
    // Whole and alone on its line, so that it can be copied and found; control characters cannot be in it.
    ...(text === event.url ? [inertText(text)] : wrapNotice(text, columns)),
    '',
  ]);
  return `\n${lines.join('\n')}\n`;
}

function describePasting({
  listening,
  redirectUri,
}: Extract<FlowEvent, { type: 'authorization-url' }>): string {
  return listening
    ? 'Waiting for the answer. If the browser ends at a page that cannot be opened, paste the address of that page here.'
    : `When the browser has arrived at ${inertText(redirectUri)}, paste the address of that page here.`;
}
