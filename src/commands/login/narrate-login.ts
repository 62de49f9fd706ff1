import type { BrowserLaunch, Context } from '../../context.ts';
import type { Emit, FlowEvent } from '../../flows/conversation.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import type { Redactor } from '../../output/redact.ts';
import { summarizeChecks } from '../../output/render-checks.ts';
import { inertText } from '../../output/terminal-text.ts';
import { layoutColumns } from '../../output/view.ts';
import { wrapNotice } from '../../output/width.ts';
import type { ReceivedAuthorizationResponse } from '../../protocol/authorization-response.ts';
import { own, recall, type Said, say } from '../../say.ts';
import { defaultRedirectUri } from '../../settings/options.ts';
import type { Invocation } from '../command.ts';
import { createTeller, narrateExchanges, type ToldStep } from '../narrate.ts';
import { stepNames } from '../trace/tell-exchange.ts';

/**
 * Makes the narrator of a login: it tells each event on stderr as it happens, fills the journal, and lets no
 * secret through. The authorization URL is told whatever else is silenced.
 */
export function narrateLogin(settings: LoginSettings, invocation: Invocation, redactor: Redactor): Emit {
  const { context, journal, output } = invocation;
  const { stderr } = context.terminal;
  const quiet = output.quiet;
  const teller = createTeller(invocation, redactor, quiet);
  const { tell } = teller;
  // Without it a login that waits on would look as if nothing had come.
  const { tell: tellAlways } = createTeller(invocation, redactor, false);
  const narrate = narrateExchanges(invocation, teller);
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
        // With --listen the user has already arranged how the answer comes in.
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
        return tell({ mark: 'pass', name: 'Browser', text: say`started ${event.command}` });
      case 'browser': {
        const { step, cure } = describeLaunch(event.launch, listening, context.env);
        if (step === undefined) return;
        tell(step);
        for (const line of cure) sayWrapped(`  ${inertText(line)}`);
        if (isUnseen(context, settings)) sayWrapped(describeWait(settings));
        return;
      }
      case 'callback_ignored':
        return tellAlways({ mark: 'warn', name: 'Ignored', text: recall(event.reason) });
      case 'callback': {
        const by = {
          browser: 'from the browser',
          paste: 'pasted',
          'bare-code': 'a pasted code, without state',
        };
        tell({ mark: 'pass', name: 'Answer', text: own(by[event.by]), durationMs: event.waitedMs });
        if (!output.verbose || event.received === undefined) return;
        const url = urlOf(event.received);
        return stderr.write(`  < ${inertText(output.showSecrets ? url : redactor.redactUrl(url))}\n`);
      }
    }
  };
}

/** All that an answer said, as one URL. */
function urlOf(received: ReceivedAuthorizationResponse): string {
  if (received.method === 'POST') return `${received.url}?${received.body}`;
  return received.method === 'FRAGMENT' ? `${received.url}#${received.fragment}` : received.url;
}

/** Where it listens, told apart from what is advertised when the two differ. */
function describeListening(
  { redirect_uri: redirectUri, addresses }: Extract<FlowEvent, { type: 'listening' }>,
  { redirect }: LoginSettings,
): Said {
  return redirect.bind === undefined
    ? say`${redirectUri}`
    : say`on ${addresses.join(', ')} for ${redirectUri}`;
}

/** An ID token that passes is worth a line; what fails was told already. */
function tellIdToken(
  { step, checks }: Extract<FlowEvent, { type: 'checks' }>,
  tell: (step: ToldStep) => void,
): void {
  if (step !== 'id_token' || checks.length === 0 || checks.some(({ outcome }) => outcome === 'fail')) return;
  const made = checks.filter(({ outcome }) => outcome !== 'skipped');
  const warned = checks.some(({ outcome }) => outcome === 'warn');
  tell({ mark: warned ? 'warn' : 'pass', name: stepNames[step], text: own(summarizeChecks(made)) });
}

/** Without a terminal the log has to say why nothing goes on. */
function isUnseen(
  { terminal: { stdinIsTTY, stderr } }: Invocation['context'],
  { unattended }: LoginSettings,
): boolean {
  return unattended === undefined && !stdinIsTTY && !stderr.isTTY;
}

function describeWait({ browserTimeoutSeconds }: LoginSettings): string {
  return `  Waiting ${browserTimeoutSeconds} s for the address above to be opened. With --no-input this would end at once.`;
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
      ? [
          'At the end the browser will warn of a certificate that was made for this login only: continue past the warning.',
        ]
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

/** The redirect URI that is listened for, and whether its port was left to the system. */
export interface ListeningAt {
  readonly uri: string;
  readonly anyPort: boolean;
}

/**
 * The outcome of the attempt to open a browser: one step unless it runs, which was told when it started; and what to
 * do where the answer could not come in.
 */
export function describeLaunch(
  launch: BrowserLaunch,
  listening: ListeningAt | undefined,
  env: Context['env'],
): { readonly step?: ToldStep; readonly cure: readonly string[] } {
  if (launch.type === 'played' || launch.type === 'opened') return { cure: [] };
  const notOpened = (reason: Said): ToldStep => ({
    mark: 'warn',
    name: 'Browser',
    text: say`not opened: ${reason}`,
  });
  if (launch.type === 'failed')
    return { step: notOpened(say`${launch.command}: ${launch.reason}`), cure: [] };
  switch (launch.obstacle) {
    case 'no-display':
      return { step: notOpened(own('there is no display here')), cure: [] };
    case 'container':
      return { step: notOpened(own('this is a container')), cure: listening ? intoContainer(listening) : [] };
    case 'ssh':
      return {
        step: notOpened(own('this is an SSH session')),
        cure: listening ? throughSsh(listening, env) : [],
      };
  }
}

/** A port can only be published when the container is started, so it has to be a known one. */
function intoContainer({ uri, anyPort }: ListeningAt): string[] {
  const port = portOf(anyPort ? defaultRedirectUri : uri);
  return [
    `To let the answer in, start the container with -p ${port}:${port} and log in with`,
    `--listen 0.0.0.0:${port}${anyPort ? ` --port ${port}` : ''}`,
  ];
}

function throughSsh({ uri }: ListeningAt, env: Context['env']): string[] {
  const host = new URL(uri).hostname === '[::1]' ? '[::1]' : '127.0.0.1';
  return [
    'To let the answer in, run this on your own machine first:',
    `ssh -L ${portOf(uri)}:${host}:${portOf(uri)} ${destination(env)}`,
  ];
}

function portOf(uri: string): string {
  const { port, protocol } = new URL(uri);
  return port || (protocol === 'https:' ? '443' : '80');
}

/** The third field of SSH_CONNECTION is the address under which this machine was reached. */
function destination({ SSH_CONNECTION, USER, LOGNAME }: Context['env']): string {
  const host = SSH_CONNECTION?.split(' ')[2] ?? 'THIS-HOST';
  const user = USER ?? LOGNAME;
  return user === undefined ? host : `${user}@${host}`;
}
