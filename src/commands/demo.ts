import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { InvalidResponseError } from '../errors.ts';
import type { RunningIdp } from '../idp/start-idp.ts';
import { idpOptions, settleIdp } from '../settings/idp-options.ts';
import { isCi } from '../settings/is-ci.ts';
import { loginOptionGroups } from '../settings/login-options.ts';
import {
  addOptions,
  createOptionReader,
  type OptionReader,
  type OptionSpec,
} from '../settings/option-reader.ts';
import { settingsOptions } from '../settings/server-options.ts';
import type { Invocation } from './command.ts';
import { say } from './say.ts';

const demoOptions: readonly OptionSpec[] = [
  { flags: '--headless', description: 'open no browser: oauth-code plays the person itself' },
  { flags: '--deny', description: 'let that person refuse' },
  ...idpOptions,
];

/** What the demo asks for when no scope is given: everything there is to see. */
const demoScope = ['openid', 'profile', 'email', 'offline_access'];

/** Gives `demo` its own options and those of `login`. */
export function define(command: Command, invocation: Invocation): void {
  command.description(
    'Start the embedded authorization server and log in to it: nothing to configure. Without a browser at hand it ' +
      'plays the person itself and says so. The options of login below can be added.',
  );
  addOptions(command, 'Demo:', demoOptions);
  // A demo has settings of its own; a saved profile would lead it to another server.
  const groups = loginOptionGroups.filter(([, specs]) => specs !== settingsOptions);
  for (const [heading, specs] of groups) addOptions(command, heading, specs);
  const specs = [...demoOptions, ...groups.flatMap(([, list]) => list)];
  command.action(() => demo(createOptionReader(command, specs, invocation.context), invocation));
}

async function demo(options: OptionReader, invocation: Invocation): Promise<void> {
  const { context } = invocation;
  const [{ startIdp }, { settleLoginRun }, { runLogin }] = await Promise.all([
    import('../idp/start-idp.ts'),
    import('../settings/settle-login.ts'),
    import('./login/run-login.ts'),
  ]);
  const idp = await startIdp({ port: 0, ...(await settleIdp(options, invocation)) });
  try {
    if (!options.isOn('quiet')) {
      say(
        context.terminal.stderr,
        `Embedded authorization server at ${idp.issuer}, users ${idp.users.join(' and ')}.`,
      );
    }
    const own = withDemoDefaults(options, idp);
    const settled = await settleLoginRun(own, invocation);
    // A person who is played pastes nothing.
    const login = isPlayed(options, context) ? { ...settled.login, acceptsPaste: false } : settled.login;
    const stuck = new AbortController();
    const signal = AbortSignal.any([context.signal, stuck.signal]);
    const openBrowser = browserOrPerson(options, { ...context, signal }, idp, stuck);
    await runLogin({ ...settled, login }, { ...invocation, context: { ...context, signal, openBrowser } });
  } finally {
    await idp.close();
  }
}

/** Whether the person is played whatever browser there is. */
function isPlayed(options: OptionReader, { env }: Context): boolean {
  return options.isOn('headless') || options.isOn('deny') || isCi(env);
}

function withDemoDefaults(options: OptionReader, { issuer, clients }: RunningIdp): OptionReader {
  const setting = (name: string, values: readonly string[]) => ({ name, values, source: `--${name}` });
  const { client_id: clientId } = clients[0] ?? {};
  return options.with({
    above: [setting('issuer', [issuer])],
    below: [
      ...(clientId === undefined ? [] : [setting('client-id', [clientId])]),
      setting('scope', demoScope),
      // The embedded server takes any port, so that one which is taken need not stop the demo.
      ...(options.text('redirect-uri') === undefined ? [setting('port', ['8378,0'])] : []),
    ],
  });
}

/** A real browser when there is one; else the person is played over HTTP, and a person who gets stuck ends the run. */
function browserOrPerson(
  options: OptionReader,
  context: Context,
  { issuer, users }: RunningIdp,
  stuck: AbortController,
): Context['openBrowser'] {
  const tell = (line: string) => {
    if (!options.isOn('quiet')) say(context.terminal.stderr, line);
  };
  return async (url, command, started) => {
    const alone = isPlayed(options, context);
    const launch = alone ? undefined : await context.openBrowser(url, command, started);
    if (launch?.type === 'opened') return launch;
    const [user = 'alice'] = users;
    tell(`${alone ? '' : 'No browser is at hand here. '}oauth-code plays the person itself, over HTTP:`);
    const { visitAsPerson } = await import('../idp/headless-person.ts');
    visitAsPerson({
      url,
      issuer,
      redirectUri: new URL(url).searchParams.get('redirect_uri') ?? '',
      user,
      decision: options.isOn('deny') ? 'deny' : 'allow',
      signal: context.signal,
      onStep: (step) => tell(`  ${user} ${step}`),
    }).then(({ reachedRedirectUri, finalStatus }) => {
      if (reachedRedirectUri) return;
      stuck.abort(
        new InvalidResponseError(`The embedded server showed an error page (status ${finalStatus}).`, {
          step: 'authorization',
          hint: 'Some option of this login is refused before the person can be sent back; -v shows more.',
        }),
      );
    }, stuck.abort.bind(stuck));
    return { type: 'played' };
  };
}
