import type { JsonValue } from '../json/json.ts';

/** What one profile holds, by key as written in the file. */
export type ProfileSettings = ReadonlyMap<string, JsonValue>;

/** A settings file that was read and found sound. */
export interface Settings {
  /** Absolute path. */
  readonly file: string;
  readonly defaultProfile?: string;
  readonly profiles: ReadonlyMap<string, ProfileSettings>;
  /** Whether others than its owner can read it. */
  readonly readableByOthers: boolean;
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

/** What the client secret of a profile is called in the keychain. */
export function keychainAccount(profile: string, file: string): string {
  return `client secret of ${profile} in ${file}`;
}
