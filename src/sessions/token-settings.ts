import type { IdTokenRules } from '../checks/id-token/token-claims.ts';
import type { AssertionService, ClientSettings } from '../client/client.ts';
import type { ConnectionSettings, Context } from '../context.ts';
import type { DpopSettings, Emit } from '../flows/conversation.ts';
import type { ServerSettings } from '../flows/login-settings.ts';
import type { DecryptionKey } from '../jose/decrypt-jwe.ts';
import type { ParameterOverride } from '../protocol/parameters.ts';
import type { WantedSession } from '../storage/find-session.ts';
import type { Freshness, SessionOwner } from '../storage/session-file.ts';
import type { Session, SessionKeeping } from '../storage/session-store.ts';

/** The client as its session remembers it. */
export type RememberedClient = Pick<Session, 'client_id' | 'server' | 'secret_from'>;

/** How a server is talked to; files and secrets are read when they are needed. */
export interface ServerAccess {
  readonly server: ServerSettings;
  readonly idToken: IdTokenRules;
  /** Ids of checks whose failure only warns. */
  readonly waived: ReadonlySet<string>;
  /** @throws UsageError, ConfigError */
  readonly connection: () => Promise<ConnectionSettings>;
  /** What opens encrypted answers, where an option names it. @throws UsageError, ConfigError */
  readonly decryptionKey?: () => Promise<DecryptionKey | undefined>;
  /**
   * The client that the options describe, else as a session remembers it.
   * @throws UsageError, ConfigError when there is none or something that it needs is missing
   */
  readonly client: (remembered?: RememberedClient) => Promise<ClientSettings>;
}

/** How a token is renewed where the saved one will not do. */
export interface RenewalSettings extends ServerAccess {
  readonly clockToleranceSeconds: number;
  /** Whether details of the connection are of no interest, so that the quickest way to send will do. */
  readonly frugal: boolean;
  /** @throws UsageError */
  readonly tokenOverrides: () => readonly ParameterOverride[];
  /** The secrets that a grant needs besides the client. @throws UsageError, ConfigError when something is missing */
  readonly grantInputs: (grantType: string) => Promise<GrantInputs>;
  readonly keeping: SessionKeepingSettings;
  /** Set where a new token is to be bound to a key. @throws UsageError, ConfigError for a key file */
  readonly dpop: () => Promise<DpopSettings | undefined>;
}

/** The inputs of a grant by option, and what tells them apart from others; undefined when it has none. */
export interface GrantInputs {
  readonly values: Readonly<Record<string, string | AssertionService | undefined>>;
  readonly digest: string | undefined;
}

/** How a new session is kept. */
export interface SessionKeepingSettings {
  /** Where it was asked to be kept. */
  readonly store: SessionKeeping | 'none' | undefined;
  /** Whether the session is what the settings of its owner ask for, without options of this run. */
  readonly isPlain: boolean;
  /** Whether no setting of a profile has a say in renewing the session. */
  readonly isSelfContained: boolean;
  /** Where the session will find its client secret again. @throws UsageError */
  readonly secretFrom: () => Session['secret_from'];
}

/** Which token is wanted, and how a new one is had. */
export interface TokenSettings {
  readonly wanted: WantedSession;
  readonly freshness: Freshness;
  readonly renewal: RenewalSettings;
  /** How the client is set up otherwise than the one of a session, in words. @throws UsageError */
  readonly differing: (session: RememberedClient) => readonly string[];
}

/** What obtaining, renewing and keeping tokens needs of the outside. */
export interface SessionRun {
  readonly context: Context;
  /** Begins to tell and to record a conversation with a server. */
  readonly begin: () => Promise<Emit>;
  /** Tells the user what became of a file. */
  readonly tell: (text: string) => void;
  /** How the user logs in for a session, as a hint says it. */
  readonly loginCommand: (
    owner: SessionOwner,
    session?: Pick<Session, 'login_options'>,
    access?: Partial<WantedSession>,
  ) => string;
}

/** How a renewal is done where commands differ. */
export interface RenewalMode {
  /** Renew although the saved token may be good. */
  readonly always?: boolean;
  /** End with the server's own error when it refuses the refresh token. */
  readonly showsRefusal?: boolean;
}

/** An owner as messages call it. */
export function ownerName(owner: SessionOwner): string {
  return owner.type === 'profile' ? `profile ${owner.name}` : `client ${owner.clientId} at ${owner.issuer}`;
}

/** The owner of a session: the profile, else the client at its server; undefined when neither is known. */
export function ownerOf(profile: string | undefined, issuer: string, clientId: string): SessionOwner;
export function ownerOf(
  profile: string | undefined,
  issuer: string | undefined,
  clientId: string | undefined,
): SessionOwner | undefined;
export function ownerOf(
  profile: string | undefined,
  issuer: string | undefined,
  clientId: string | undefined,
): SessionOwner | undefined {
  if (profile !== undefined) return { type: 'profile', name: profile };
  return issuer === undefined || clientId === undefined ? undefined : { type: 'client', issuer, clientId };
}
