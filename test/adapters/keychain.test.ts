import { describe, expect, it } from 'vitest';
import { keychainError } from '../../src/adapters/keychain.ts';

describe('a keychain that cannot be used', () => {
  it.each([
    'Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled at compile time, set your DBUS_SESSION_BUS_ADDRESS instead',
    'Platform failure: zbus error: org.freedesktop.DBus.Error.ServiceUnknown: The name is not activatable',
    'Platform failure: The name org.freedesktop.secrets was not provided by any .service files',
  ])('is named in words where none runs: %s', (reason) => {
    const cause = new Error(reason);
    const error = keychainError('read', reason, cause);
    expect(error.message).toBe(
      'Cannot read the keychain of this system: no Secret Service, such as GNOME Keyring, KWallet or KeePassXC, runs in this session.',
    );
    expect(error.hint).toContain('--store file');
    expect(error.cause).toBe(cause);
  });

  it('keeps the reason of the system where it tells something', () => {
    const error = keychainError(
      'write',
      'Couldn’t access platform secure storage: User interaction is not allowed.',
      null,
    );
    expect(error.message).toBe(
      'Cannot write the keychain of this system: Couldn’t access platform secure storage: User interaction is not allowed.',
    );
  });
});
