import { UsageError } from '../errors.ts';
import type { JsonValue } from '../json/json.ts';
import { own, say } from '../say.ts';

/** The kind of value that a setting holds, and so how it is written in a file. */
export type SettingKind =
  | 'text'
  | 'url'
  /** A path; a relative one stands below the folder of the file it is written in. */
  | 'path'
  | 'number'
  | 'switch'
  /** One text or a list of them. */
  | 'list'
  /** Any JSON. */
  | 'json'
  /** An object of request parameters; null removes one. */
  | 'parameters'
  /** A client secret, or where it is. */
  | 'secret';

/** A key that a profile may hold; each stands for a long option. */
export interface SettingKey {
  /** As it is written in the file, such as `client_id`. */
  readonly name: string;
  /** The long option without dashes, such as `client-id`. */
  readonly option: string;
  readonly kind: SettingKind;
  readonly description: string;
  readonly choices?: readonly string[];
}

/** The settings of one profile, by key as written in the file. */
export type ProfileSettings = ReadonlyMap<string, JsonValue>;

/** A settings file that was read and found sound. */
export interface Settings {
  /** Absolute path. */
  readonly file: string;
  readonly defaultProfile?: string;
  readonly profiles: ReadonlyMap<string, ProfileSettings>;
  /** Whether others than its owner can read it. */
  readonly readableByOthers: boolean;
  /** Who else can change it, where that is no reason to refuse it. */
  readonly warning?: string;
}

/** A client secret as a profile holds it. */
export type SavedSecret =
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'keychain' }
  | { readonly type: 'literal'; readonly value: string };

/** Reads the value of `client_secret`, which has passed validation. */
export function readSavedSecret(value: JsonValue): SavedSecret {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { type: 'literal', value: String(value) };
  }
  if (typeof value.env === 'string') return { type: 'variable', name: value.env };
  if (typeof value.file === 'string') return { type: 'file', path: value.file };
  return { type: 'keychain' };
}

/** The name of a profile's client secret in the keychain. */
export function keychainAccount(profile: string, file: string): string {
  return `client secret of ${profile} in ${file}`;
}

/** A name of a profile; it stands in commands, messages and other files. */
export const profileName = /^[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,99}$/;

/** The rule for names of profiles, in words. */
export const profileNameRule =
  'the name of a profile starts with a letter or digit and holds letters, digits and ._:@/+- only';

/** @throws UsageError when a profile cannot be called that */
export function requireProfileName(name: string): void {
  if (profileName.test(name)) return;
  throw new UsageError(say`A profile cannot be called "${name}": ${own(profileNameRule)}.`);
}
