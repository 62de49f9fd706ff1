import type { CheckResult } from '../checks/check-result.ts';
import type { IdTokenRules } from '../checks/id-token/token-claims.ts';
import type { ClientSettings } from '../client/client.ts';
import type { DecryptionKey } from '../jose/decrypt-jwe.ts';
import type { JsonObject } from '../json/json.ts';
import type { AuthorizationRequestOptions, PkceMethod } from '../protocol/authorization-request.ts';
import type { MetadataDocumentReading } from '../protocol/metadata.ts';
import type { ParameterOverride } from '../protocol/parameters.ts';
import type { DpopSettings } from './conversation.ts';

/** A metadata document that was found. */
export interface FoundMetadata {
  readonly url: string;
  readonly specification: 'OIDC Discovery' | 'RFC 8414' | 'given';
  readonly reading: MetadataDocumentReading;
}

/** Where the authorization server is: its issuer, its metadata, or single endpoints; at least one of them. */
export interface ServerSettings {
  readonly issuer?: string | undefined;
  readonly metadataUrl?: string;
  /** Whether the client has a TLS certificate, and so uses the endpoints for such clients. */
  readonly presentsCertificate?: boolean;
  /** Whether its metadata has to advertise PKCE with S256. */
  readonly demandsPkce?: boolean;
  /** Judges an address in its metadata, where a resource led to the server; undefined where nothing is wrong. */
  readonly judgeAddress?: ((target: string) => Promise<CheckResult | undefined>) | undefined;
  /** What was found at its well-known places before. */
  readonly found?: readonly FoundMetadata[];
  /** Metadata members given by hand; they go before discovered ones. */
  readonly given: Readonly<Record<string, string>>;
}

/** Where the answer is to arrive. */
export interface RedirectSettings {
  readonly uri: string;
  /** Tried in order; empty when the redirect URI is not on this machine. */
  readonly ports: readonly number[];
  /** More ports, for when those are taken. */
  readonly further?: () => Promise<readonly number[]>;
  readonly bind?: { readonly address: string; readonly port: number } | undefined;
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** How the authorization request gets to the server, where the browser does not carry its parameters. */
export interface DeliverySettings {
  /** Whether it is pushed (RFC 9126); undefined: where the server demands it. */
  readonly pushed?: boolean;
  /** Set where the parameters go in a request object (RFC 9101). */
  readonly object?: RequestObjectSettings;
}

/** How a request object is made, and how the server gets it. */
export interface RequestObjectSettings {
  /** By the signing key of the client, else by its secret. */
  readonly signed: boolean;
  /** To the server: the algorithms that were asked for, each undefined where the server is to say. */
  readonly encryption?: { readonly alg?: string | undefined; readonly enc?: string | undefined };
  /** Where the user hosts it; `store` puts it there. */
  readonly hosted?: { readonly url: string; store(object: string): Promise<void> };
}

/** The way to the tokens of a login; the authorization code flow where none is named. */
export type LoginFlow = 'device' | 'ciba' | 'implicit' | 'hybrid';

/** How the client of a login is registered for it (RFC 7591 §3). */
export interface LoginRegistrationSettings {
  /** The client_id where the server takes it: the URL of a metadata document that the user hosts. */
  readonly documentUrl: string | undefined;
  /** What is asked for besides what follows from the redirect URI. */
  readonly metadata: JsonObject;
  readonly initialAccessToken: string | undefined;
  /** Where the session is to be kept, and the client with it. */
  readonly store: 'file' | 'keychain' | 'none' | undefined;
}

/** Everything that one login is told. */
export interface LoginSettings {
  readonly flow?: LoginFlow | undefined;
  /** The scope that the resource of a login knows: where it knows none, nothing is asked for, openid neither. */
  readonly resourceScope?: readonly string[];
  readonly server: ServerSettings;
  /** Where the client is registered first, without its identifier. */
  readonly client: ClientSettings;
  readonly register?: LoginRegistrationSettings;
  readonly redirect: RedirectSettings;
  readonly request: Omit<AuthorizationRequestOptions, 'clientId'>;
  readonly delivery: DeliverySettings;
  /** Where the server says by itself that the user has decided (CIBA Core §10.2); absent: it is polled alone. */
  readonly notification?: Pick<RedirectSettings, 'uri' | 'ports' | 'bind'> | undefined;
  /** Shown to the user by the server and by this program alike (CIBA Core §7.1). */
  readonly bindingMessage?: string | undefined;
  readonly tokenOverrides: readonly ParameterOverride[];
  /** undefined: made at random; `off`: none is sent. */
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly pkce: PkceMethod;
  /** undefined: whatever opens a browser here; `off`: a person does it. */
  readonly browser: string | undefined;
  /** Whether the page of a device flow is opened in a browser here before the user asks for it. */
  readonly opensAtOnce?: boolean;
  readonly browserTimeoutSeconds: number;
  readonly acceptsPaste: boolean;
  /** Why no user is there to open the printed URL, as part of a sentence; undefined when one may be. */
  readonly unattended: string | undefined;
  /** How long a better answer is awaited after an unconfirmed error, where no user can end the wait. */
  readonly unconfirmedSeconds?: number | undefined;
  readonly userinfo: boolean;
  /** Opens encrypted answers. */
  readonly decryptionKey?: DecryptionKey | undefined;
  /** Set where the server and its answers have to keep to FAPI 2.0: its Security Profile, or Message Signing too. */
  readonly fapi?: '2' | '2-message-signing';
  /** Set where the tokens are to be bound to a key (RFC 9449). */
  readonly dpop?: DpopSettings | undefined;
  readonly clockToleranceSeconds: number;
  readonly idToken: IdTokenRules;
  /** Ids of checks whose failure only warns. */
  readonly waived: ReadonlySet<string>;
}
