import type { Context } from '../context.ts';
import type { SessionKeepingSettings } from '../sessions/token-settings.ts';
import { absolutePath } from '../storage/places.ts';
import type { SavedSession } from '../storage/session-file.ts';
import type { OptionReader } from './option-reader.ts';
import { clientSecretSetting } from './settle-client.ts';

/** Settles how a new session is kept. */
export function settleKeeping(options: OptionReader, context: Context): SessionKeepingSettings {
  const given = (names: readonly string[], places: RegExp) =>
    names.some((name) => places.test(options.place(name) ?? ''));
  return {
    store: options.text('store') as SessionKeepingSettings['store'],
    isPlain: !given(accessNames, /^(flag|variable)$/) && options.place('token') === undefined,
    isSelfContained: !given(renewalNames, /^(profile|project)$/),
    secretFrom: () => secretFrom(options, context),
  };
}

/** Settings that say what a session is asked for. */
const accessNames = [
  'issuer',
  'metadata-url',
  'token-endpoint',
  'client-id',
  'scope',
  'resource',
  'audience',
  'dpop',
  'dpop-key',
];

/** Settings of a profile that a renewal needs and a session does not hold. */
const renewalNames = [
  'ca-file',
  'cert',
  'key',
  'proxy',
  'timeout',
  'clock-tolerance',
  'signing-key',
  'signing-alg',
  'decryption-key',
  'assertion-from',
  'assertion-audience',
  'token-param',
  'trust-audience',
  'id-token-alg',
  'no-verify',
  'keep-last',
];

/** Where the client secret is to be found again: the variable or file that this run was told of. @throws UsageError */
export function secretFrom(options: OptionReader, context: Context): SavedSession['secret_from'] {
  const setting = clientSecretSetting(options);
  if (setting === undefined) return undefined;
  const [value = ''] = setting.values;
  if (setting.name === 'client-secret-env') return { env: value };
  if (setting.name === 'client-secret' && setting.place === 'variable') return { env: setting.source };
  if (setting.name !== 'client-secret-file' || value === '-') return undefined;
  return { file: absolutePath(value, context.workingDirectory(), context) };
}
