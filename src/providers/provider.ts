/** What is known of a provider: how it differs from the specifications, and what its own errors mean. */
export interface Provider {
  readonly name: string;
  /** Hosts of its issuer and endpoints; `*` stands for anything but a slash. One may end in the start of a path. */
  readonly hosts: readonly string[];
  readonly server: ProviderServer;
  /** How clients authenticate at the token endpoint, `own` by none of the standard methods; left out when unknown. */
  readonly authentication?: readonly (
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'client_secret_jwt'
    | 'private_key_jwt'
    | 'none'
    | 'own'
  )[];
  /** `unadvertised`: works although the metadata does not say so. */
  readonly pkce?: 'S256' | 'required' | 'unadvertised' | 'none' | 'own';
  /** Between scopes in the authorization request: a space when left out; `none` where there are no scopes. */
  readonly separator?: 'space' | 'comma' | 'none';
  /** How a client gets a refresh token: `ask` needs all of its members together. */
  readonly refresh?:
    | { readonly type: 'always' }
    | { readonly type: 'never' }
    | { readonly type: 'ask'; readonly scope?: string; readonly params?: readonly string[] }
    | { readonly type: 'setting'; readonly setting: string };
  /** Whether http redirect URIs on a loopback address work, and which. */
  readonly loopback?: {
    /** `any`: the port is ignored in the comparison; `exact`: it is compared; `https`, `none`: no http on loopback. */
    readonly port: 'any' | 'exact' | 'https' | 'none';
    readonly host: '127.0.0.1' | 'localhost' | 'either';
  };
  /** Sentences for people; they never change how anything is read. */
  readonly quirks: readonly string[];
  /** Where a client is registered. */
  readonly register?: string;
  readonly unverified?: readonly HintTopic[];
  /** Its own error codes and texts, by where they are documented and then by what the server writes. */
  readonly errors?: Readonly<
    Record<string, Readonly<Record<string, ProviderError | readonly ProviderError[]>>>
  >;
  /** Why tokens of its own do not verify, by where that is documented. */
  readonly tokens?: Readonly<Record<string, readonly TokenFact[]>>;
}

/** Why a token of a provider fails a check; header and claims are what it is recognised by. */
export interface TokenFact {
  readonly failed: 'form' | 'signature' | 'key' | 'issuer';
  readonly header?: Readonly<Record<string, RegExp>>;
  readonly claims?: Readonly<Record<string, RegExp>>;
  readonly cause: `${string}.`;
  readonly why: `${string}.`;
  readonly try: `${string}.`;
}

/** A member that is known from hearsay alone; to be worded as something that may be. */
export type HintTopic = 'authentication' | 'pkce' | 'separator' | 'refresh' | 'loopback';

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

/** The server of a provider whose endpoints have to be named one by one. */
export function endpoints(authorization: string, token: string, userinfo?: string): ProviderServer {
  return { type: 'endpoints', authorization, token, ...(userinfo === undefined ? {} : { userinfo }) };
}

/**
 * What an error of a provider means. Its key is what the server writes, with `|` between alternatives and `…` for
 * anything within a line. A word alone is a code, found whole and in its letter case; a text is found in any case.
 */
export interface ProviderError {
  readonly cause: `${string}.`;
  readonly try: `${string}.`;
  /** What it is about, where the text alone could mean other things. */
  readonly endpoint?: 'token';
  readonly grant?: 'authorization_code' | 'refresh_token';
  /** The error code beside it, and what the client authenticated with, where the text means different things. */
  readonly code?: string;
  readonly sent?: 'secret' | 'assertion' | 'nothing';
  /** Set where other servers write it too: it counts only where this provider is recognised by an address. */
  readonly shared?: true;
  /** What both requests have to agree in, where it means that they do not. */
  readonly about?: 'code_verifier' | 'redirect_uri';
  /** Set where other servers write the same text in another letter case. */
  readonly exactCase?: true;
}

/** What the servers of most vendors say each in other words. */
export const unfitVerifier: ProviderError = {
  cause: 'The code_verifier does not fit the code_challenge.',
  about: 'code_verifier',
  try: 'Keep the verifier of each login until its code is redeemed.',
};
