import type { Emit, FlowEvent } from '../../flows/flow-event.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import type { Redactor } from '../../output/redact.ts';
import { summarizeChecks } from '../../output/render-checks.ts';
import { renderStep, type Step } from '../../output/render-step.ts';
import { inertText } from '../../output/terminal-text.ts';
import { layoutColumns } from '../../output/view.ts';
import { wrapNotice } from '../../output/width.ts';
import type { Invocation } from '../command.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { recordConversation } from '../trace/record-conversation.ts';
import { stepNames } from '../trace/step-names.ts';
import { tellExchange } from '../trace/tell-exchange.ts';
import { describeLaunch, type ListeningAt } from './narrate-browser.ts';

/**
 * Makes the narrator of a login: it tells each event on stderr as it happens, fills the journal, and lets no
 * secret through. The authorization URL is told whatever else is silenced.
 */
export function narrateLogin(
  options: OptionReader,
  settings: LoginSettings,
  { context, journal }: Invocation,
  redactor: Redactor,
): Emit {
  const { stderr } = context.terminal;
  const quiet = options.isOn('quiet');
  const say = (line: string) => {
    if (quiet) return;
    journal.told = true;
    stderr.write(`${line}\n`);
  };
  const sayWrapped = (text: string) => {
    for (const line of wrapNotice(text, layoutColumns(stderr))) say(line);
  };
  const tell = (step: Step) => {
    const text = step.text === undefined ? {} : { text: redactor.redact(step.text) };
    say(renderStep({ ...step, ...text }, stderr));
  };
  let listening: ListeningAt | undefined;

  return (event) => {
    recordConversation(journal, event);
    switch (event.type) {
      case 'secret':
        journal.secrets.push(event);
        redactor.register(event.value, event.kind);
        return;
      case 'client-authentication':
        journal.advertisedAuthMethods = event.advertised;
        return;
      case 'listening':
        // Who binds elsewhere has already thought of how the answer comes in.
        if (settings.redirect.bind === undefined)
          listening = { uri: event.redirectUri, anyPort: settings.redirect.ports[0] === 0 };
        return tell({ mark: 'pass', name: 'Listening', text: describeListening(event, settings) });
      case 'exchange': {
        const { request, response, durationMs } = event.exchange;
        // A server need not publish its metadata at every well-known place.
        const failed = event.step === 'discovery' ? 'skipped' : 'fail';
        const mark = response.status < 400 ? 'pass' : failed;
        tell({
          mark,
          name: stepNames[event.step],
          text: redactor.redactUrl(request.url),
          result: response.status,
          durationMs,
        });
        return tellExchange(event.exchange, options, redactor, context.terminal);
      }
      case 'checks':
        journal.checks.push(...event.checks);
        return tellChecks(event, tell);
      case 'remark':
        return tell({ mark: 'warn', name: stepNames[event.step], text: event.text });
      case 'authorization-url':
        return tellUrl(event, settings, sayWrapped, (line) => stderr.write(`${line}\n`));
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
      case 'callback-ignored':
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
  { redirectUri, addresses }: Extract<FlowEvent, { type: 'listening' }>,
  { redirect }: LoginSettings,
): string {
  return redirect.bind === undefined ? redirectUri : `on ${addresses.join(', ')} for ${redirectUri}`;
}

function tellChecks(
  { step, checks }: Extract<FlowEvent, { type: 'checks' }>,
  tell: (step: Step) => void,
): void {
  if (checks.length === 0) return;
  const failed = checks.find(({ outcome }) => outcome === 'fail');
  if (failed !== undefined) tell({ mark: 'fail', name: stepNames[step], text: failed.detail });
  else if (step === 'id_token') {
    const warned = checks.some(({ outcome }) => outcome === 'warn');
    tell({ mark: warned ? 'warn' : 'pass', name: stepNames[step], text: summarizeChecks(checks) });
  }
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

function tellUrl(
  event: Extract<FlowEvent, { type: 'authorization-url' }>,
  { acceptsPaste, browser, redirect }: LoginSettings,
  say: (line: string) => void,
  sayAlways: (line: string) => void,
): void {
  say('');
  say(
    browser === 'off' ? 'Open this address to sign in:' : 'If no browser opens, open this address yourself:',
  );
  say('');
  // Whole and alone on its line, so that it can be copied and found; control characters cannot be in it.
  sayAlways(inertText(event.url));
  say('');
  if (
    event.listening &&
    event.redirectUri.startsWith('https:') &&
    redirect.tls === undefined &&
    redirect.bind === undefined
  ) {
    say('At the end the browser will warn of a certificate that was made for this login only: let it go on.');
    say('');
  }
  if (!acceptsPaste) return;
  say(
    event.listening
      ? 'Waiting for the answer. If the browser ends at a page that cannot be opened, paste the address of that page here.'
      : `When the browser has arrived at ${inertText(event.redirectUri)}, paste the address of that page here.`,
  );
  say('');
}
