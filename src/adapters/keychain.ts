import type { EntryOptions } from '@napi-rs/keyring';
import type { Keychain } from '../context.ts';
import { errorCode } from '../errors/system-failure.ts';
import { ConfigError } from '../errors.ts';
import { own, say } from '../say.ts';

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

/**
 * Why the keychain could not be used. Without a desktop session the library names the bus that it did not find,
 * which means nothing to most users; `--debug` still shows it.
 */
export function keychainError(verb: string, reason: string, cause: unknown): ConfigError {
  const none = /d-?bus|org\.freedesktop\.|autolaunch/i.test(reason);
  const why = none
    ? own('no Secret Service, such as GNOME Keyring, KWallet or KeePassXC, runs in this session.')
    : reason;
  return new ConfigError(say`Cannot ${verb} the keychain of this system: ${why}`, {
    hint: own(
      none
        ? 'oauth-code works without one: sessions are kept in files (--store file), a client secret in a file or variable. ' +
            'To use one, start it in a desktop session and unlock it.'
        : 'A client secret can be kept in a file or variable instead, and sessions in files (--store file).',
    ),
    cause,
  });
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
    throw keychainError(verb, reason || errorCode(error), error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
