import { CancelledError, NamedError } from '../../errors.ts';
import type { JsonObject } from '../../json/json.ts';
import { loopbackText, renderProviderHint, renderServerOffer } from '../../output/render-server-offer.ts';
import { inertText } from '../../output/terminal-text.ts';
import { readRedirectUri } from '../../protocol/redirect-uri.ts';
import { serverExtensions } from '../../protocol/server-extensions.ts';
import { prepareSessionSave } from '../../sessions/save-session.ts';
import { defaultRedirectUri } from '../../settings/options.ts';
import type { InitSettings } from '../../settings/settle-tools.ts';
import { requireProfileName } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { runLogin } from '../login/run-login.ts';
import { prepareSave } from '../profile/save.ts';
import { suggestProfileName } from '../profile/write-profile.ts';
import { tellStep } from '../tell.ts';
import { askAccess, askClient } from './ask-client.ts';
import {
  askServer,
  complaintOf,
  type FoundServer,
  type Known,
  settledSoFar,
  tell,
  type Wizard,
} from './ask-server.ts';

type SaveProfile = () => Promise<void>;

/** Asks for all that a login needs, tries it, and saves it as a profile. Nothing is written before the login. */
export async function runInit(
  settings: InitSettings,
  invocation: Invocation,
  provider: Known,
): Promise<void> {
  const wizard: Wizard = { settings, invocation, answers: new Map() };
  const { known, discovered } = await findServer(wizard, provider);
  const { stderr } = invocation.context.terminal;
  stderr.write('\n');
  if (discovered.documents.length > 0) stderr.write(`${renderServerOffer(discovered.metadata, stderr)}\n`);
  if (known !== undefined) stderr.write(`${renderProviderHint(known, stderr)}\n`);
  await askRedirect(wizard, known);
  const env = new Map<string, string>();
  await askClient(wizard, discovered.metadata, known, env);
  meetDemands(wizard, discovered.metadata);
  await askAccess(wizard, { known, discovered });
  const saveProfile = await askName(wizard);
  if (saveProfile === undefined) return;
  const isLoggedIn = await tryLogin(wizard, withVariables(invocation, env), saveProfile);
  tellNext(wizard, env, isLoggedIn);
}

/** Turns on what the metadata demands of every login, and says so. */
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
