import { CancelledError, NamedError } from '../../errors.ts';
import { renderProviderHint, renderServerOffer } from '../../output/render-server-offer.ts';
import { prepareSessionSave } from '../../sessions/save-session.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleLoginCommand } from '../../settings/settle-login.ts';
import { settleSave } from '../../settings/settle-profile.ts';
import { settleConnection } from '../../settings/settle-server.ts';
import { requireProfileName } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { runLogin } from '../login/run-login.ts';
import { prepareSave } from '../profile/save.ts';
import { suggestProfileName } from '../profile/write-profile.ts';
import { tellStep } from '../tell-step.ts';
import { askAccess } from './ask-access.ts';
import { askClient } from './ask-client.ts';
import { askRedirect } from './ask-redirect.ts';
import { askServer, type FoundServer } from './ask-server.ts';
import { type Known, settledSoFar, tell, type Wizard } from './wizard.ts';

type SaveProfile = () => Promise<void>;

/** Asks for all that a login needs, tries it, and saves it as a profile. Nothing is written before the login. */
export async function runInit(given: OptionReader, invocation: Invocation, provider: Known): Promise<void> {
  const wizard: Wizard = { given, invocation, answers: new Map() };
  const { known, discovered } = await findServer(wizard, provider);
  const { stderr } = invocation.context.terminal;
  stderr.write('\n');
  if (discovered.documents.length > 0) stderr.write(`${renderServerOffer(discovered.metadata, stderr)}\n`);
  if (known !== undefined) stderr.write(`${renderProviderHint(known, stderr)}\n`);
  await askRedirect(wizard, known);
  const env = new Map<string, string>();
  await askClient(wizard, discovered.metadata, known, env);
  await askAccess(wizard, { known, discovered });
  const saveProfile = await askName(wizard);
  if (saveProfile === undefined) return;
  const isLoggedIn = await tryLogin(wizard, withVariables(invocation, env), saveProfile);
  tellNext(wizard, env, isLoggedIn);
}

async function findServer(wizard: Wizard, provider: Known): Promise<FoundServer> {
  const { context } = wizard.invocation;
  const http = await context.connect(await settleConnection(wizard.given, context));
  try {
    return await askServer(wizard, http, provider);
  } finally {
    await http.close();
  }
}

/** Asks what to call the profile until one may be written; undefined when the given name must not be replaced. */
async function askName(wizard: Wizard): Promise<SaveProfile | undefined> {
  const { given, answers, invocation } = wizard;
  if (given.text('save') !== undefined) {
    return prepareSave(settleSave(settledSoFar(wizard), invocation), invocation, given.text('save') ?? '');
  }
  const issuer = settledSoFar(wizard).text('issuer') ?? settledSoFar(wizard).text('authorization-endpoint');
  for (;;) {
    const name = await invocation.context.prompt.line('Name of the profile', {
      preset: suggestProfileName(issuer),
      validate: validateName,
    });
    answers.set('save', [name]);
    const saveProfile = await prepareSave(settleSave(settledSoFar(wizard), invocation), invocation, name);
    if (saveProfile !== undefined) return saveProfile;
  }
}

function validateName(name: string): true | string {
  try {
    requireProfileName(name);
    return true;
  } catch (error) {
    if (error instanceof NamedError) return error.message;
    throw error;
  }
}

/** Runs the login until it succeeds; false when the person wants the profile without. */
async function tryLogin(wizard: Wizard, invocation: Invocation, saveProfile: SaveProfile): Promise<boolean> {
  const { context, journal } = invocation;
  const { terminal, prompt } = context;
  const options = settledSoFar(wizard);
  tell(wizard, '', 'Now the login is tried.');
  for (;;) {
    try {
      const { run, keeping } = await settleLoginCommand(options, invocation);
      const saveSession = await prepareSessionSave(keeping, run.login, context);
      await runLogin(run, invocation, { saveProfile, saveSession });
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

/** A variable that the person is still to set has its value for this run. */
function withVariables(invocation: Invocation, env: ReadonlyMap<string, string>): Invocation {
  const { context } = invocation;
  return { ...invocation, context: { ...context, env: { ...context.env, ...Object.fromEntries(env) } } };
}

function tellNext(wizard: Wizard, env: ReadonlyMap<string, string>, isLoggedIn: boolean): void {
  const name = settledSoFar(wizard).text('save') ?? '';
  tell(
    wizard,
    '',
    'Next:',
    ...(isLoggedIn ? [`  oauth-code token -p ${name}`] : []),
    `  oauth-code login -p ${name}`,
    `  oauth-code profile show ${name}`,
    ...[...env.keys()].map((variable) => `Before that, set ${variable} to the client secret.`),
  );
}
