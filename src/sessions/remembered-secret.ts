import { clientSecretSetting } from '../settings/client-secret.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { pathsOf, type Surroundings } from '../storage/places.ts';
import type { SavedSession } from '../storage/session-file.ts';

/** Where a session will find its client secret again: the variable or file that this run was told of. */
export function rememberedSecret(
  options: OptionReader,
  surroundings: Surroundings,
): Pick<SavedSession, 'secret_from'> {
  const setting = clientSecretSetting(options);
  if (setting === undefined) return {};
  const [value = ''] = setting.values;
  if (setting.name === 'client-secret-env') return { secret_from: { env: value } };
  if (setting.name === 'client-secret' && setting.place === 'variable')
    return { secret_from: { env: setting.source } };
  if (setting.name !== 'client-secret-file' || value === '-') return {};
  return { secret_from: { file: pathsOf(surroundings).resolve(surroundings.workingDirectory(), value) } };
}
