/** A member of a hint of which only hearsay is known; to be worded as something that may be. */
export type HintTopic = 'authentication' | 'pkce' | 'separator' | 'refresh' | 'loopback';

/** How a known provider differs from the specifications, for people to read; it never changes how anything is read. */
export interface ProviderHint {
  readonly name: string;
  /** Hosts of its issuer and endpoints; `*` stands for anything but a slash. One may end in the start of a path. */
  readonly hosts: readonly string[];
  readonly server: ProviderServer;
  /** How clients authenticate at the token endpoint; left out when unknown. */
  readonly authentication?: readonly ProviderAuthentication[];
  /** `unadvertised`: works although the metadata does not say so. */
  readonly pkce?: 'S256' | 'required' | 'unadvertised' | 'none' | 'own';
  /** Between scopes in the authorization request; `none` where there are no scopes. */
  readonly separator: 'space' | 'comma' | 'none';
  readonly refresh?: RefreshHint;
  readonly loopback?: LoopbackHint;
  readonly quirks: readonly string[];
  /** Where a client is registered. */
  readonly register?: string;
  readonly unverified?: readonly HintTopic[];
}

/** Where the authorization server is; a name in braces is to be filled in. */
export type ProviderServer =
  | { readonly type: 'issuer'; readonly issuer: string }
  /** No usable discovery document at a well-known place. */
  | { readonly type: 'metadata'; readonly metadataUrl: string }
  | {
      readonly type: 'endpoints';
      readonly authorization: string;
      readonly token: string;
      readonly userinfo?: string;
    };

/** Ways of client authentication; `own` is none of the standard. */
export type ProviderAuthentication =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'none'
  | 'own';

/** What yields a refresh token. */
export type RefreshHint =
  | { readonly type: 'always' }
  | { readonly type: 'never' }
  /** All of these together. */
  | { readonly type: 'ask'; readonly scope?: string; readonly params?: readonly string[] }
  /** Something that is set at the provider. */
  | { readonly type: 'setting'; readonly setting: string };

/** Whether http redirect URIs on a loopback address work, and which. */
export interface LoopbackHint {
  /** `any`: the port is ignored in the comparison; `exact`: it is compared; `https`, `none`: no http on loopback. */
  readonly port: 'any' | 'exact' | 'https' | 'none';
  readonly host: '127.0.0.1' | 'localhost' | 'either';
}
