import type { EntryOptions } from '@napi-rs/keyring';
import type { Keychain } from '../context.ts';
import { ConfigError } from '../errors.ts';
import { errorCode } from './error-code.ts';

const service = 'oauth-code';

/** Without this Linux falls back to a keyring in the kernel, which forgets everything when it restarts. */
const options: EntryOptions = { linux: { store: 'secret-service' } };

/**
 * Opens the keychain of the system: Keychain, Credential Manager or Secret Service. A keychain that waits to be
 * unlocked is waited for until the signal aborts.
 * @throws ConfigError when this installation cannot reach one
 */
export async function openKeychain(signal: AbortSignal): Promise<Keychain> {
  const { AsyncEntry } = await loadLibrary();
  const entry = (account: string) => new AsyncEntry(service, account, options);
  return {
    get: (account) =>
      use('read', signal, async () => (await entry(account).getPassword(signal)) ?? undefined),
    set: (account, secret) => use('write', signal, () => entry(account).setPassword(secret, signal)),
    remove: (account) => use('change', signal, () => entry(account).deletePassword(signal)),
  };
}

async function loadLibrary() {
  try {
    return await import('@napi-rs/keyring');
  } catch (error) {
    throw new ConfigError(
      'This installation has no access to a keychain: the optional package @napi-rs/keyring is missing.',
      {
        hint: 'Install oauth-code without --omit=optional, or keep the secret in a file or variable instead.',
        cause: error,
      },
    );
  }
}

async function use<T>(verb: string, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([action(), aborted]);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new ConfigError(`Cannot ${verb} the keychain of this system: ${reason || errorCode(error)}`, {
      hint: 'Without a desktop session there is often none; a secret can be kept in a file or variable instead.',
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
