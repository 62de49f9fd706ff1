import { isRepeatable } from '../client/grants.ts';
import { isSameOwner, type SavedSession, type SessionOwner, sessionFileName } from './session-file.ts';
import {
  type FoundSession,
  listSessions,
  readSession,
  type SessionDoors,
  type UnreadableSession,
} from './session-store.ts';

/** The session that is meant, as far as options and settings say. */
export interface WantedSession {
  readonly owner: SessionOwner;
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  /** Subject or name of the signed-in user. */
  readonly account?: string | undefined;
  readonly grantType?: string | undefined;
  readonly audience?: string | undefined;
  /** The digest of the secrets that the grant hands in; undefined when none is given. */
  readonly inputs?: string | undefined;
  /** The token is to be bound to a key (RFC 9449). */
  readonly dpop?: boolean;
  /** Thumbprint of the key that was given for that. */
  readonly dpopJkt?: string | undefined;
  /** Empty: the scope of the session. */
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  /** Options of a login that were given beside what names the owner, and their values. */
  readonly beside?: readonly (readonly [string, ...string[]])[];
}

/** How a session suits: whole, for a part of what it allows, or not, and why. */
export type SessionFit =
  | { readonly type: 'whole' | 'part' }
  | { readonly type: 'no'; readonly reason: string };

/** A session that suits, or the reason why the saved ones do not. */
export type SessionSearch =
  | (Omit<Extract<FoundSession, { type: 'session' }>, 'type'> & {
      readonly type: 'found';
      readonly name: string;
      readonly fit: 'whole' | 'part';
    })
  | { readonly type: 'none'; readonly name: string; readonly reason?: string }
  | (UnreadableSession & { readonly name: string });

/**
 * Finds the session that is meant: the owner's last one when it suits, else the best of the owner's others.
 * @throws ConfigError when the folder cannot be listed
 */
export async function findSession(doors: SessionDoors, wanted: WantedSession): Promise<SessionSearch> {
  const name = sessionFileName(wanted.owner);
  const last = await lookAt(doors, name, wanted);
  if (last.type === 'found' && last.fit === 'whole') return last;
  const stem = name.slice(0, -'.json'.length);
  const others = (await listSessions(doors)).filter((other) => other.startsWith(`${stem}~`));
  const looked = await Promise.all(others.map((other) => lookAt(doors, other, wanted)));
  const found = [last, ...looked].filter((search) => search.type === 'found');
  return found.find(({ fit }) => fit === 'whole') ?? found[0] ?? last;
}

async function lookAt(doors: SessionDoors, name: string, wanted: WantedSession): Promise<SessionSearch> {
  const found = await readSession(doors, name);
  if (found.type === 'unreadable') return { ...found, name };
  if (found.type === 'none') return { type: 'none', name };
  const { saved, octets, readableByOthers, warning } = found;
  const fit = fitOf(saved, wanted);
  if (fit.type === 'no') return { type: 'none', name, reason: fit.reason };
  return { type: 'found', name, saved, fit: fit.type, octets, readableByOthers, warning };
}

/** Judges whether a session is one that is wanted. */
export function fitOf(saved: SavedSession, wanted: WantedSession): SessionFit {
  const { requested } = saved;
  const isBound = saved.dpop_jkt !== undefined;
  const isOther = (asked: string | undefined, own: string | null) => asked !== undefined && asked !== own;
  // Servers grant offline_access by giving a refresh token, and often do not list it.
  const granted = saved.refreshable ? [...saved.scope, 'offline_access'] : saved.scope;
  const scope = isSameSet(wanted.scope, requested.scope) ? 'whole' : compareSets(wanted.scope, granted);
  const resource = compareSets(wanted.resource, requested.resource);
  const reasons = [
    !isSameOwner(saved.owner, wanted.owner) && 'it belongs to another user',
    saved.issuer !== null && isOther(wanted.issuer, saved.issuer) && `it is with ${saved.issuer}`,
    isOther(wanted.clientId, saved.client_id) && `it is of the client ${saved.client_id}`,
    isOther(wanted.tokenEndpoint, saved.server.token_endpoint) &&
      `its token endpoint is ${saved.server.token_endpoint}`,
    wanted.account !== undefined && !isAccount(saved, wanted.account) && 'it is another account’s',
    isOther(wanted.grantType, saved.grant_type) && `it was obtained by ${saved.grant_type}`,
    isOther(wanted.audience, requested.audience) &&
      (requested.audience === null ? 'it has no audience' : `it is for ${requested.audience}`),
    wanted.dpop === true && !isBound && 'its token is not bound to a key (DPoP)',
    isBound && isOther(wanted.dpopJkt, saved.dpop_jkt ?? null) && 'its token is bound to another key (DPoP)',
    isRepeatable(wanted.grantType) && wanted.dpop !== true && isBound && 'its token is bound to a key (DPoP)',
    isRepeatable(wanted.grantType) &&
      !isAskedAlike(saved, wanted) &&
      'it was obtained for another scope, resource or audience',
    scope === 'more' && `its scope is ${saved.scope.join(' ') || 'empty'}`,
    resource === 'more' && `it is for ${requested.resource.join(' ') || 'no resource in particular'}`,
  ];
  const reason = reasons.find((one) => one !== false);
  if (reason !== undefined) return { type: 'no', reason };
  return { type: scope === 'part' || resource === 'part' ? 'part' : 'whole' };
}

/**
 * A client that can ask at any time gets what it asks for now: what an earlier run asked for once says nothing of
 * what this one wants.
 */
function isAskedAlike(
  { requested }: SavedSession,
  { scope, resource, audience, inputs }: WantedSession,
): boolean {
  return (
    isSameSet(requested.scope, scope) &&
    isSameSet(requested.resource, resource) &&
    requested.audience === (audience ?? null) &&
    (inputs === undefined || inputs === requested.inputs)
  );
}

function isAccount({ account }: SavedSession, wanted: string): boolean {
  return account !== null && (account.sub === wanted || account.name === wanted);
}

function compareSets(wanted: readonly string[], held: readonly string[]): 'whole' | 'part' | 'more' {
  if (wanted.length === 0 || isSameSet(held, wanted)) return 'whole';
  return wanted.every((item) => held.includes(item)) ? 'part' : 'more';
}

/** Tells whether two lists hold the same items in any order. */
export function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.every((item) => other.includes(item)) && other.every((item) => one.includes(item));
}
