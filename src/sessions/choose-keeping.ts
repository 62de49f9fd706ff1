import type { Invocation } from '../commands/command.ts';
import { ConfigError } from '../errors.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { requireDataKey, type SessionKeeping } from '../storage/session-store.ts';

/**
 * Chooses where a session is kept: as `--store` says, else as it was kept before, else with the keychain, else in a
 * plain file. The environment decides like the option.
 * @throws ConfigError when the keychain was asked for and cannot be used
 */
export async function chooseKeeping(
  options: OptionReader,
  { context }: Invocation,
  before?: SessionKeeping,
): Promise<SessionKeeping | 'none'> {
  const asked = options.text('store') ?? before;
  if (asked === 'file' || asked === 'none') return asked;
  try {
    await requireDataKey(context);
    return 'keychain';
  } catch (error) {
    if (asked === undefined && error instanceof ConfigError) return 'file';
    throw error;
  }
}
