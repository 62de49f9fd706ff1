import type { Context } from '../context.ts';
import { InvalidResponseError } from '../errors.ts';
import type { IdpOptions, RunningIdp } from '../idp/start-idp.ts';
import { say } from '../say.ts';
import { type OptionTable, usual } from '../settings/option-reader.ts';
import { loginOptionGroups, settingsOptions } from '../settings/options.ts';
import { type DemoSettings, idpOptions, settleDemo } from '../settings/settle-tools.ts';
import { defineCommand, type Invocation } from './command.ts';
import { readIdpOptions } from './idp.ts';
import { tellLine } from './tell.ts';

const demoOptions: OptionTable = {
  '--headless': usual('open no browser: oauth-code plays the user'),
  '--deny': usual('let that user refuse'),
  ...idpOptions,
};

/** Gives `demo` its own options and those of `login`. */
export const define = defineCommand({
  description:
    'Start the embedded authorization server and log in to it: nothing to configure. Without a browser at hand it ' +
    'plays the user. The options of login below can be added.',
  // A demo has settings of its own; a saved profile would lead it to another server.
  groups: [['Demo:', demoOptions], ...loginOptionGroups.filter(([, specs]) => specs !== settingsOptions)],
  async action({ settleAlone }) {
    await demo(...(await settleAlone(settleDemo)));
  },
});

async function demo(settings: DemoSettings, invocation: Invocation): Promise<void> {
  const { context, output } = invocation;
  const tell = (line: string) => {
    if (!output.quiet) tellLine(context.terminal.stderr, line);
  };
  const { startIdp } = await import('../idp/start-idp.ts');
  const { runLogin } = await import('./login/run-login.ts');
  const options = { port: 0, ...(await readIdpOptions(settings)) };
  const made = settings.makes && (await makeClient(settings.makes, options));
  const idp = await startIdp(made?.idp ?? options);
  try {
    tell(`Embedded authorization server at ${idp.issuer}, users ${idp.users.join(' and ')}.`);
    if (made !== undefined)
      tell(`The client ${made.settings['client-id']} has a ${settings.makes} that was made for this run.`);
    const settled = await settings.login(idp, made);
    // A user who is played pastes nothing.
    const login = {
      ...settled.login,
      opensAtOnce: true,
      ...(settings.playsUser ? { acceptsPaste: false } : {}),
    };
    const stuck = new AbortController();
    const signal = AbortSignal.any([context.signal, stuck.signal]);
    // A device flow ends at a page of the server, and the token endpoint tells how.
    const answersHere = login.flow !== 'device';
    const openBrowser = browserOrPlayedUser(settings, { ...context, signal }, idp, stuck, answersHere, tell);
    const run = { ...invocation, context: { ...context, signal, openBrowser } };
    await runLogin({ ...settled, login }, run, { next: 'oauth-code init, for a server of your own' });
  } finally {
    await idp.close();
  }
}

async function makeClient(by: 'key' | 'certificate', options: IdpOptions) {
  const { makeDemoClient } = await import('../idp/demo-client.ts');
  const { emptyIdpConfig } = await import('../idp/idp-config.ts');
  return makeDemoClient(by, options, options.config ?? emptyIdpConfig);
}

/** A real browser when there is one; else the user is played over HTTP, and getting stuck there ends the run. */
function browserOrPlayedUser(
  { playsUser, denies }: DemoSettings,
  context: Context,
  { issuer, users }: RunningIdp,
  stuck: AbortController,
  answersHere: boolean,
  tell: (line: string) => void,
): Context['openBrowser'] {
  return async (url, command, started) => {
    const launch = playsUser ? undefined : await context.openBrowser(url, command, started);
    if (launch?.type === 'opened') return launch;
    const [user = 'alice'] = users;
    tell(`${playsUser ? '' : 'No browser is at hand here. '}oauth-code plays the user, over HTTP:`);
    const { visitAsPerson } = await import('../idp/headless-person.ts');
    visitAsPerson({
      url,
      issuer,
      redirectUri: new URL(url).searchParams.get('redirect_uri') ?? undefined,
      user,
      decision: denies ? 'deny' : 'allow',
      signal: context.signal,
      onStep: (step) => tell(`  ${user} ${step}`),
    }).then(({ reachedRedirectUri, finalStatus }) => {
      if (reachedRedirectUri || !answersHere) return;
      stuck.abort(
        new InvalidResponseError(say`The embedded server showed an error page (status ${finalStatus}).`, {
          step: 'authorization',
          hint: 'The server refused an option of this login before it could redirect; -v shows more.',
        }),
      );
    }, stuck.abort.bind(stuck));
    return { type: 'played' };
  };
}
