/** The part of oidc-provider 9 that is used here; the package ships no types. */
declare module 'oidc-provider' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  /** A Koa context; `oidc` exists only inside the provider's own routes. */
  export interface ProviderContext {
    readonly req: IncomingMessage;
    readonly path: string;
    readonly method: string;
    readonly request: { body?: unknown };
    status: number;
    body: unknown;
    set(headers: Record<string, string>): void;
    readonly oidc: { readonly client?: Client };
  }

  export interface Client {
    readonly clientId: string;
    readonly clientName?: string;
    readonly redirectUris: readonly string[];
    readonly postLogoutRedirectUris?: readonly string[];
    readonly subjectType: string;
    readonly sectorIdentifier?: string;
    readonly clientAuthMethod: string;
    readonly jwks?: unknown;
  }

  /** The context of a token request, once the client has been authenticated. */
  export interface GrantContext {
    body: unknown;
    readonly oidc: {
      readonly client: Client;
      readonly params: Readonly<Record<string, string | undefined>>;
    };
  }

  type OAuthError = new (description: string, detail?: string) => Error;

  export const errors: Readonly<Record<'InvalidRequest' | 'InvalidGrant' | 'InvalidScope', OAuthError>>;

  interface ClientClass {
    find(clientId: string): Promise<Client | undefined>;
    readonly prototype: Client & {
      redirectUriAllowed(value: string): boolean;
      postLogoutRedirectUriAllowed(value: string): boolean;
    };
    readonly Schema: { prototype: { invalidate(message: string, code?: string): void } };
  }

  /** What a token model keeps, under the wire-independent names of the library. */
  export interface StoredPayload {
    readonly jti?: string;
    readonly iat?: number;
    readonly exp?: number;
    readonly accountId?: string;
    readonly clientId?: string;
    readonly scope?: string;
    readonly aud?: string | readonly string[];
    readonly jkt?: string;
    readonly 'x5t#S256'?: string;
    readonly rar?: unknown;
    readonly extra?: Readonly<Record<string, unknown>>;
  }

  export type TokenModel = StoredPayload & { readonly client?: Client };

  interface TokenClass {
    new (properties: object): { readonly expiration: number; save(): Promise<string> };
    find: (value: string, options?: { ignoreExpiration?: boolean }) => Promise<TokenModel | undefined>;
    readonly prototype: {
      getValueAndPayload(): Promise<{ value: string; payload?: StoredPayload }>;
    };
  }

  export class Grant {
    constructor(properties: { accountId: string; clientId: string });
    static find(id: string): Promise<Grant | undefined>;
    addOIDCScope(scope: string): void;
    addOIDCClaims(claims: readonly string[]): void;
    addResourceScope(resource: string, scope: string): void;
    addRar(detail: unknown): void;
    getOIDCScopeFiltered(asked: ReadonlySet<string>): string;
    getResourceScopeFiltered(resource: string, asked: ReadonlySet<string>): string;
    save(): Promise<string>;
  }

  export interface InteractionDetails {
    readonly grantId?: string;
    readonly session?: { readonly accountId: string };
    readonly params: Readonly<Record<string, unknown>>;
    readonly prompt: {
      readonly name: string;
      readonly details: {
        readonly missingOIDCScope?: readonly string[];
        readonly missingOIDCClaims?: readonly string[];
        readonly missingResourceScopes?: Readonly<Record<string, readonly string[]>>;
        readonly rar?: readonly unknown[];
      };
    };
  }

  export class Provider extends EventEmitter {
    constructor(issuer: string, configuration: Record<string, unknown>);
    readonly issuer: string;
    readonly Client: ClientClass;
    readonly Grant: typeof Grant;
    /** What the library keeps of one request; its parameters are those of the request object once that is read. */
    readonly OIDCContext: {
      readonly prototype: {
        readonly params: { readonly scope?: string; readonly prompt?: string };
        readonly prompts: Set<string>;
      };
    };
    readonly AccessToken: TokenClass;
    readonly ClientCredentials: TokenClass;
    registerGrantType(
      type: string,
      handler: (context: GrantContext) => Promise<void>,
      parameters: readonly string[],
    ): void;
    callback(): RequestListener;
    use(middleware: (context: ProviderContext, next: () => Promise<void>) => Promise<void>): this;
    pathFor(route: string): string;
    backchannelResult(request: object, result: Grant, facts: object): Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<InteractionDetails>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: object,
      options?: { mergeWithLastSubmission?: boolean },
    ): Promise<void>;
  }
}

declare module 'oidc-provider/lib/helpers/interaction_policy/index.js' {
  import type { Grant } from 'oidc-provider';

  /** An authorization request of a user who is signed in. */
  export interface ConsentContext {
    readonly oidc: {
      readonly grant: Grant;
      readonly params: Readonly<Record<string, unknown>>;
      /** Those that were asked for and that are known. */
      readonly requestParamOIDCScopes: ReadonlySet<string>;
      readonly requestParamScopes: ReadonlySet<string>;
      readonly resourceServers: Readonly<Record<string, unknown>>;
    };
  }

  /** Why a page is shown; with `prompt=none` its error is the answer. */
  export class Check {
    constructor(
      reason: string,
      description: string,
      error: string,
      check: (context: ConsentContext) => boolean,
    );
  }

  /** What is checked before a code is issued, by prompt. */
  export function base(): { get(prompt: 'consent'): { readonly checks: { add(check: Check): void } } };
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  /** Makes a place for everything the library stores, gone with the process. */
  export function createMemoryAdapter(): (model: string) => unknown;
}

declare module 'oidc-provider/lib/helpers/client_id_metadata_document.js' {
  import type { Client, Provider } from 'oidc-provider';

  /** The client that the document at this URL describes. */
  export function resolveClientByMetadataDocument(provider: Provider, id: string): Promise<Client>;
}
