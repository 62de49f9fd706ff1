import type { OptionReader } from '../../settings/option-reader.ts';
import { requireProfileName } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { tellStep } from '../tell-step.ts';
import { mayReplace, saveTarget, storeProfile } from './save.ts';
import { settingsToSave } from './settings-to-save.ts';

/**
 * Finds out before a login what would keep its settings from being saved, and what is to be saved; the function
 * that is returned does it. undefined when the person does not want an existing profile to be replaced.
 * @throws UsageError, ConfigError
 */
export async function prepareSave(
  options: OptionReader,
  { context, journal }: Invocation,
  name: string,
): Promise<(() => Promise<void>) | undefined> {
  requireProfileName(name);
  const target = await saveTarget(options, context, name);
  const toSave = await settingsToSave(options, context, options.text('store') === 'keychain');
  if (toSave.secret !== undefined) journal.secrets.push({ kind: 'client_secret', value: toSave.secret });
  if (!(await mayReplace(options, context, target, toSave.settings))) return undefined;
  const { stderr } = context.terminal;
  const tell = (mark: 'pass' | 'warn', text: string) => {
    if (!options.isOn('quiet')) tellStep(stderr, { mark, name: 'Profile', text });
  };
  return async () => {
    await storeProfile(context, target, toSave, false);
    tell('pass', `saved as ${name} in ${target.file}`);
    for (const source of toSave.leftOut) {
      tell('warn', `${source} is a secret itself and was not saved`);
    }
  };
}
