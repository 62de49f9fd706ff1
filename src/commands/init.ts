import { CancelledError, NamedError, UsageError } from '../errors.ts';
import { type JsonObject, textMember } from '../json/json.ts';
import { loopbackText, renderProviderHint, renderServerOffer } from '../output/render-server-offer.ts';
import { inertText } from '../output/terminal-text.ts';
import { readRedirectUri } from '../protocol/redirect-uri.ts';
import { serverExtensions } from '../protocol/server-extensions.ts';
import { providerNamed, providers } from '../providers/find-provider.ts';
import { say } from '../say.ts';
import { prepareSessionSave } from '../sessions/save-session.ts';
import { pickOptions } from '../settings/option-reader.ts';
import {
  defaultRedirectUri,
  loginOptionGroups,
  saveOptions,
  settingsOptions,
  storeOptions,
} from '../settings/options.ts';
import { canAsk } from '../settings/output-settings.ts';
import { type InitSettings, settleInit } from '../settings/settle-tools.ts';
import { requireProfileName } from '../storage/settings.ts';
import { defineCommand, type Invocation } from './command.ts';
import { askAccess, askClient } from './init/ask-client.ts';
import {
  askServer,
  complaintOf,
  type FoundServer,
  type Known,
  settledSoFar,
  tell,
  type Wizard,
} from './init/ask-server.ts';
import { runLogin } from './login/run-login.ts';
import { prepareSave } from './profile/save.ts';
import { suggestProfileName } from './profile/write-profile.ts';
import { tellStep } from './tell.ts';

const examples = `
Examples:
  $ oauth-code init
  $ oauth-code init https://login.example.com --save work

Without a terminal, or in a script: oauth-code profile save --help

Known providers: ${providers.map(({ name }) => name).join(', ')}.`;

/** Gives `init` its argument, options and action. */
export const define = defineCommand({
  description:
    'Ask for what a login needs, offering only what the server supports; try it, and save it as a profile.\n' +
    'What is given as an option is not asked for.',
  words: { '[issuer]': 'the issuer, or the name of a known provider, such as google' },
  groups: [
    ['Profile:', { ...pickOptions(settingsOptions, /^--config/), ...saveOptions, ...storeOptions }],
    ...loginOptionGroups.filter(([, specs]) => specs !== settingsOptions),
  ],
  notes: examples,
  async action({ settleAlone, command }, [server]) {
    if (server !== undefined && command.opts().issuer !== undefined) {
      throw new UsageError('The issuer was given twice, as an argument and with --issuer.');
    }
    const provider = server === undefined || /^https?:/i.test(server) ? undefined : providerNamed(server);
    if (server !== undefined && provider === undefined && !/[.:/]|^localhost$/.test(server)) {
      throw new UsageError(say`"${server}" is not a provider that oauth-code knows.`, {
        hint: 'Give the URL of the issuer. "oauth-code init --help" lists the providers; the profile gets its name later.',
      });
    }
    if (server !== undefined && provider === undefined) command.setOptionValue('issuer', server);
    await runInit(...(await settleAlone(settleInit)), provider);
  },
});

type SaveProfile = () => Promise<void>;

/**
 * Asks for all that a login needs, tries it, and saves it as a profile. Nothing is written before the login.
 * @throws UsageError without a terminal to ask on
 */
async function runInit(settings: InitSettings, invocation: Invocation, provider: Known): Promise<void> {
  if (!canAsk(invocation.output, invocation.context)) {
    throw new UsageError('init asks questions, and there is no terminal to ask them on.', {
      hint: 'Without a person: oauth-code profile save NAME --issuer URL --client-id ID, with --client-secret-env NAME or --client-secret-file FILE for a confidential client and --scope "…" for what is asked for.',
    });
  }
  const wizard: Wizard = { settings, invocation, answers: new Map() };
  const { known, discovered } = await findServer(wizard, provider);
  const { stderr } = invocation.context.terminal;
  stderr.write('\n');
  if (discovered.documents.length > 0) stderr.write(`${renderServerOffer(discovered.metadata, stderr)}\n`);
  if (known !== undefined) stderr.write(`${renderProviderHint(known, stderr)}\n`);
  const flow = await askFlow(wizard, discovered.metadata);
  const isOfBrowser = flow !== 'device' && flow !== 'ciba';
  if (isOfBrowser) await askRedirect(wizard, known);
  const env = new Map<string, string>();
  await askClient(wizard, discovered.metadata, known, env);
  if (isOfBrowser) meetDemands(wizard, discovered.metadata);
  await askAccess(wizard, { known, discovered });
  const saveProfile = await askName(wizard);
  if (saveProfile === undefined) return;
  const isLoggedIn = await tryLogin(wizard, withVariables(invocation, env), saveProfile);
  tellNext(wizard, env, isLoggedIn);
}

/** Turns on what the metadata demands of every authorization request, and says so. */
function meetDemands(wizard: Wizard, metadata: JsonObject): void {
  const { answers, settings } = wizard;
  for (const { text, option } of serverExtensions(metadata)) {
    if (option === undefined || settings.given.has(option)) continue;
    const needsKey = option === 'request-object';
    if (needsKey && !answers.has('signing-key') && !settings.given.has('signing-key')) {
      tell(wizard, `The server says: ${text}. That needs a key of the client: --signing-key FILE.`);
      continue;
    }
    answers.set(option, ['1']);
    tell(wizard, `The server says: ${text}. --${option} is turned on.`);
  }
}

async function findServer(wizard: Wizard, provider: Known): Promise<FoundServer> {
  const { settings, invocation } = wizard;
  const http = await invocation.context.connect(await settings.connection());
  try {
    return await askServer(wizard, http, provider);
  } finally {
    await http.close();
  }
}

/** Asks where the user signs in, where the server offers another device too. */
async function askFlow({ settings, answers, invocation }: Wizard, metadata: JsonObject): Promise<string> {
  if (settings.flow !== undefined) return settings.flow;
  if (textMember(metadata, 'device_authorization_endpoint') === undefined) return 'code';
  const flow = await invocation.context.prompt.choose('Where does the user sign in?', [
    { value: 'code', name: 'In a browser on this machine' },
    { value: 'device', name: 'On any device, with a code that is shown here (device flow)' },
  ]);
  if (flow === 'device') answers.set('flow', [flow]);
  return flow;
}

/** Asks for the redirect URI, and tells what to do with it. */
async function askRedirect(wizard: Wizard, known: Known): Promise<void> {
  const { settings, answers, invocation } = wizard;
  const { prompt, terminal } = invocation.context;
  const rule = known && loopbackText(known);
  if (rule !== undefined) tell(wizard, rule);
  if (!settings.given.has('redirect-uri')) {
    const preset = presetFor(known);
    const uri = await prompt.line('Redirect URI', {
      ...(preset === undefined ? {} : { preset }),
      validate: (text) =>
        readRedirectUri(text) !== undefined ||
        `An absolute URI without a fragment, such as ${defaultRedirectUri}`,
    });
    answers.set('redirect-uri', [uri]);
  }
  const uris = await settledSoFar(wizard).redirectUris();
  const where = known?.register ?? 'the server';
  tell(wizard, '', `Register exactly this redirect URI for your client at ${where}:`, '');
  // Whole and on a line of its own, to be copied.
  terminal.stderr.write(`${uris.map(inertText).join('\n')}\n\n`);
}

function presetFor(known: Known): string | undefined {
  const { port, host } = known?.loopback ?? { port: 'exact', host: 'either' };
  if (port === 'none') return undefined;
  if (port === 'https') return defaultRedirectUri.replace('http://127.0.0.1', 'https://localhost');
  return host === 'localhost' ? defaultRedirectUri.replace('127.0.0.1', 'localhost') : defaultRedirectUri;
}

/** Asks what to call the profile until one may be written; undefined when the given name must not be replaced. */
async function askName(wizard: Wizard): Promise<SaveProfile | undefined> {
  const { settings, answers, invocation } = wizard;
  const prepare = (name: string) => {
    answers.set('save', [name]);
    return prepareSave(settledSoFar(wizard).save(), invocation, name);
  };
  if (settings.save !== undefined) return prepare(settings.save);
  const { serverUrl } = settledSoFar(wizard);
  for (;;) {
    const name = await invocation.context.prompt.line('Name of the profile', {
      preset: suggestProfileName(serverUrl),
      validate: (answer) => complaintOf(() => requireProfileName(answer)),
    });
    const saveProfile = await prepare(name);
    if (saveProfile !== undefined) return saveProfile;
  }
}

/** Runs the login until it succeeds; false when the user saves the profile without a login. */
async function tryLogin(wizard: Wizard, invocation: Invocation, saveProfile: SaveProfile): Promise<boolean> {
  const { context, journal } = invocation;
  const { terminal, prompt } = context;
  tell(wizard, '', 'Trying the login.');
  for (;;) {
    try {
      const { run, keeping } = await settledSoFar(wizard).login(invocation);
      const saveSession = await prepareSessionSave(keeping, run.login, context);
      await runLogin(run, invocation, { saveProfile, saveSession, next: loginAgain(wizard) });
      return true;
    } catch (error) {
      if (!(error instanceof NamedError) || error instanceof CancelledError) throw error;
      const { stderr } = terminal;
      tellStep(stderr, { mark: 'fail', name: 'Login', text: error.message });
      if (error.hint !== undefined) tell(wizard, error.hint);
      const answer = await prompt.choose('The login failed. What now?', [
        { value: 'again', name: 'Try it again' },
        { value: 'save', name: 'Save the profile all the same' },
        { value: 'stop', name: 'Stop; nothing is saved' },
      ]);
      if (answer === 'stop') throw error;
      journal.events.length = 0;
      if (answer === 'again') continue;
      await saveProfile();
      return false;
    }
  }
}

/** Gives a variable that the user has still to set its value for this run. */
function withVariables(invocation: Invocation, env: ReadonlyMap<string, string>): Invocation {
  const { context } = invocation;
  return { ...invocation, context: { ...context, env: { ...context.env, ...Object.fromEntries(env) } } };
}

/** A login has told what comes next; what it cannot know is told here. */
function tellNext(wizard: Wizard, env: ReadonlyMap<string, string>, isLoggedIn: boolean): void {
  const lines = [
    ...[...env.keys()].map((variable) => `Before the next command, set ${variable} to the client secret.`),
    ...(isLoggedIn ? [] : [`Next: ${loginAgain(wizard)}`]),
  ];
  if (lines.length > 0) tell(wizard, '', ...lines);
}

function loginAgain({ answers }: Wizard): string {
  return `oauth-code login -p ${answers.get('save')?.[0]}`;
}
