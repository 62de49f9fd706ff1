import type { Context, Machine } from '../../context.ts';
import { NamedError } from '../../errors.ts';
import type { DoctorCheck } from '../../output/render-doctor.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import { loadSettings } from '../../storage/load-settings.ts';
import { stateFolder } from '../../storage/places.ts';

/** A keychain that waits for its password longer than this is reported as locked. */
const keychainMs = 3000;

/** Whether the keychain can be asked. */
export async function checkKeychain({ keychain, signal }: Context): Promise<DoctorCheck> {
  const check = { id: 'keychain', title: 'Keychain' };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), keychainMs);
  });
  try {
    const answer = await Promise.race([keychain.get('doctor').then(() => 'usable' as const), late]);
    if (answer === 'usable') return { ...check, outcome: 'pass', detail: 'It answers.' };
    const detail = `It did not answer within ${keychainMs / 1000} s; it may be locked.`;
    return { ...check, outcome: 'warn', detail, cure: 'Unlock it, or keep secrets in a file or variable.' };
  } catch (error) {
    if (signal.aborted || !(error instanceof NamedError)) throw error;
    const cure = error.hint ?? 'Keep secrets in a file or variable instead.';
    return { ...check, outcome: 'warn', detail: error.message, cure };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the settings can be read, by their owner alone. */
export async function checkSettings(
  options: OptionReader,
  broken: NamedError | undefined,
  context: Context,
): Promise<DoctorCheck> {
  const check = { id: 'settings', title: 'Settings file' };
  try {
    const { file, user } = await loadSettings(context, options.text('config'), profileKeys);
    if (broken !== undefined) throw broken;
    if (user === undefined)
      return { ...check, outcome: 'pass', detail: `${file} is not there; none is needed.` };
    const used = usedProfile(options);
    const detail = used === undefined ? file : `${file}, from which ${used} is used.`;
    if (!user.readableByOthers) return { ...check, outcome: 'pass', detail };
    return {
      ...check,
      outcome: 'warn',
      detail: `${file} can be read by others.`,
      cure: `chmod 600 ${file}`,
    };
  } catch (error) {
    if (!(error instanceof NamedError)) throw error;
    const cure = error.hint ?? 'Correct the file, or move it away.';
    return { ...check, outcome: 'fail', detail: error.message, cure };
  }
}

/** Nobody named the default profile, so that its name has to be told. */
function usedProfile({ profile, text }: OptionReader): string | undefined {
  if (profile === undefined) return undefined;
  return `${text('profile') === undefined ? 'the default profile' : 'the profile'} "${profile}"`;
}

/** Whether sessions can be kept, for their owner alone. */
export async function checkState(machine: Machine, context: Context): Promise<DoctorCheck> {
  const path = stateFolder(context);
  const { exists, folder, writable, openToOthers } = await machine.folder(path);
  const check = { id: 'state', title: 'Folder for sessions' };
  if (!folder || !writable) {
    return {
      ...check,
      outcome: 'fail',
      detail: !folder
        ? `${path} ${exists ? 'is no folder' : 'cannot be made: a file is in the way'}.`
        : `${path} cannot be ${exists ? 'written to' : 'made'} by this user.`,
      cure: 'Make it yours (chown, chmod 700), or set OAUTH_CODE_HOME to a folder that is.',
    };
  }
  if (!exists) return { ...check, outcome: 'pass', detail: `${path} is made when a session is saved.` };
  if (!openToOthers) return { ...check, outcome: 'pass', detail: path };
  return { ...check, outcome: 'warn', detail: `${path} is open to others.`, cure: `chmod 700 ${path}` };
}
