/** What a setting holds, and so how it is written in a file. */
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
