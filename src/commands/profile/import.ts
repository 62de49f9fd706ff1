import { UsageError } from '../../errors.ts';
import type { ProfileImportDocument } from '../../output/documents.ts';
import { renderJson } from '../../output/render-json.ts';
import { inertText } from '../../output/terminal-text.ts';
import { withAnswers } from '../../settings/answered-options.ts';
import { clientSecretSetting } from '../../settings/client-secret.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import type { Imported } from '../../storage/import/other-command-line.ts';
import { requireProfileName } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { readImportSource } from './import-source.ts';
import { mayReplace, saveTarget, storeProfile } from './save.ts';
import { settingsToSave } from './settings-to-save.ts';
import { suggestProfileName } from './suggest-name.ts';
import { writtenProfile } from './write-profile.ts';

/** Makes a profile from what another tool was told, and says what of it could not be taken over. */
export async function importProfile(
  options: OptionReader,
  invocation: Invocation,
  source: readonly string[],
): Promise<void> {
  const { context, journal } = invocation;
  const named = options.text('name');
  if (named !== undefined) requireProfileName(named);
  const imported = await readImportSource(options, invocation, source);
  if (imported.secret !== undefined) journal.secrets.push({ kind: 'client_secret', value: imported.secret });
  const own = withAnswers(options.flagsOnly(), answersOf(imported, options), imported.from);
  const name =
    named ?? suggestProfileName(imported.suggestedName ?? own.text('issuer') ?? own.text('token-endpoint'));
  const toSave = await settingsToSave(own, context, options.text('store') === 'keychain');
  if (toSave.secret !== undefined) journal.secrets.push({ kind: 'client_secret', value: toSave.secret });
  const target = await saveTarget(options, context, name);
  if (!(await mayReplace(options, context, target, toSave.settings))) return;
  await storeProfile(context, target, toSave, options.isOn('default'));

  const leftOut = [...imported.leftOut, ...toSave.leftOut.map((what) => `${what}: a secret itself`)];
  const document: ProfileImportDocument = {
    ...writtenProfile(name, target.file, toSave.settings),
    imported_from: imported.from,
    left_out: leftOut,
  };
  const { stdout, stderr } = context.terminal;
  if (settleOutput(options).json) {
    stdout.write(renderJson(document, { pretty: stdout.isTTY, color: stdout.color }));
  } else if (!options.isOn('quiet')) {
    stderr.write(`Saved profile ${name} in ${target.file}, from ${imported.from}.\n`);
    if (leftOut.length > 0) stderr.write('Not taken over:\n');
    for (const what of leftOut) stderr.write(`  ${inertText(what)}\n`);
    const isPersonless = own.text('grant-type') === 'client_credentials';
    const missing = own.text('client-id') === undefined ? ' --client-id ID' : '';
    stderr.write(`Try it: oauth-code ${isPersonless ? 'token' : 'login'} -p ${name}${missing}\n`);
  }
}

/**
 * A secret that stands in the source goes into the keychain when it is to, and nowhere else.
 * @throws UsageError when nothing says where else it is
 */
function answersOf({ settings, secret, from }: Imported, options: OptionReader): Imported['settings'] {
  const answers = new Map([...settings].filter(([name]) => options.place(name) !== 'flag'));
  if (secret === undefined || clientSecretSetting(options)?.place === 'flag') return answers;
  if (options.text('store') === 'keychain') return answers.set('client-secret', [secret]);
  throw new UsageError(`A client secret stands in ${from}, and no file should hold one.`, {
    hint:
      'Add --store keychain to put it there, or name where else it is: --client-secret-env NAME or ' +
      '--client-secret-file FILE.',
  });
}
