import type { SettingKey, SettingKind } from '../storage/settings.ts';
import { type OptionGroups, type OptionSpec, specsOf } from './option-reader.ts';
import {
  bindingOptions,
  grantInputOptions,
  grantOptions,
  lastOptions,
  loginOptionGroups,
} from './options.ts';

const savedHeadings = new Set([
  'Authorization server:',
  'Resource:',
  'Client:',
  'Access:',
  'Redirect URI:',
  'Authorization request:',
  'Browser:',
  'Checks:',
  'Connection:',
]);

/** The options that a profile can hold, under their headings: those of `login` without what concerns one run. */
export const profileOptionGroups: OptionGroups = [
  ...loginOptionGroups.filter(([heading]) => savedHeadings.has(heading)),
  ['Grant:', { ...grantOptions, ...grantInputOptions }],
  ['Bindings:', bindingOptions],
  ['Recording:', lastOptions],
];

const kinds: Readonly<Record<string, SettingKind>> = {
  url: 'url',
  file: 'path',
  seconds: 'number',
  json: 'json',
  'k=v': 'parameters',
};

const secretKey: SettingKey = {
  name: 'client_secret',
  option: 'client-secret',
  kind: 'secret',
  description: 'where the client secret is: {"env": NAME}, {"file": PATH} or {"keychain": true}',
};

/** Every key that a profile may hold, derived from the options. */
export const profileKeys: readonly SettingKey[] = specsOf(profileOptionGroups)
  .flatMap((spec) => (spec.flags === '--client-id <id>' ? [keyOf(spec), secretKey] : [keyOf(spec)]))
  .filter(({ option }, index, all) => all.findIndex((other) => other.option === option) === index)
  .filter((key) => key === secretKey || !key.option.startsWith('client-secret'));

/** The placeholder of an option says what it holds. */
function keyOf({ flags, description, choices, repeatable, key }: OptionSpec): SettingKey {
  const [, option = flags, placeholder] = /--([a-z0-9-]+)(?: <([^>]+)>)?/.exec(flags) ?? [];
  const named = placeholder === undefined ? 'switch' : kinds[placeholder];
  const kind = named ?? (repeatable === true ? 'list' : 'text');
  const name = option.replaceAll('-', '_');
  return {
    name: key ?? (kind === 'parameters' ? `${name}s` : name),
    option,
    kind,
    description,
    ...(choices === undefined ? {} : { choices }),
  };
}
