import { isVerified } from '../checks/check-result.ts';
import { loginGrant } from '../client/grants.ts';
import type { Context } from '../context.ts';
import { NamedError } from '../errors.ts';
import type { LoginResult } from '../flows/complete-login.ts';
import type { LoginSettings } from '../flows/login-settings.ts';
import { requireOwnFolder } from '../storage/own-file.ts';
import { type SessionOwner, sessionFileName } from '../storage/session-file.ts';
import {
  currentSettings,
  prepareSession,
  type Session,
  type SessionKeeping,
  sessionPath,
} from '../storage/session-store.ts';
import { buildSession } from './build-session.ts';
import { chooseKeeping, keepSession } from './keep-session.ts';
import { canRenewItself } from './renew-session.ts';
import { withLock } from './session-lock.ts';
import { ownerOf, type SessionKeepingSettings } from './token-settings.ts';

/** Whose session the one of a login is to be, and how it is kept. */
export interface LoginKeepingSettings extends SessionKeepingSettings {
  /** The profile whose session it will be. */
  readonly profile: string | undefined;
  /** Options that a later login needs too, unless a profile has them. */
  readonly loginOptions: readonly (readonly string[])[];
}

/** The outcome of keeping the session of a login. */
export type SaveOutcome =
  | {
      readonly type: 'kept';
      readonly owner: SessionOwner;
      readonly keeping: SessionKeeping;
      /** Each change to other files in one sentence. */
      readonly remarks: readonly string[];
    }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'unwanted' };

/** Keeps the session of a login that has succeeded. */
export type SaveSession = (
  result: LoginResult,
  /** Of a client that was registered for the session. */
  secretFrom?: Session['secret_from'],
) => Promise<SaveOutcome>;

const probeOctets = 16 * 1024;

/**
 * Finds out before a login whether its session can be kept, and how. Where it was not asked for by a place or a
 * profile, a session that cannot be kept is lost, and no error.
 * @throws ConfigError when it was asked for and cannot be
 */
export async function prepareSessionSave(
  keeping: LoginKeepingSettings,
  settings: LoginSettings,
  context: Context,
): Promise<SaveSession> {
  const { profile, store } = keeping;
  const isAskedFor = profile !== undefined || store !== undefined;
  if (store === 'none') return async () => ({ type: 'unwanted' });
  // Without being asked for, the keychain is not looked for before the person has logged in.
  if (store === 'keychain') await chooseKeeping(store, context);
  const orLost = (error: unknown): SaveOutcome => {
    if (isAskedFor || !(error instanceof NamedError) || error === context.signal.reason) throw error;
    return { type: 'lost', reason: `not kept for later. ${error.message}` };
  };

  const known = ownerOf(
    profile,
    settings.server.issuer ?? settings.server.given.token_endpoint,
    settings.client.credentials.clientId,
  );
  const probing = probe(known, context).catch(orLost);
  // Where the outcome is only a warning, the login need not wait for it.
  if (isAskedFor) await probing;
  else probing.catch(() => {});
  return async (result, secretFrom) =>
    (await probing) ?? save(result, keeping, settings, context, secretFrom).catch(orLost);
}

/** Tries whether there is room for a session. @throws ConfigError */
async function probe(owner: SessionOwner | undefined, context: Context): Promise<undefined> {
  const name = owner === undefined ? 'probe.json' : sessionFileName(owner);
  await requireOwnFolder(context.files, sessionPath(context, name));
  await (await prepareSession(context, name, probeOctets)).discard();
}

async function save(
  result: LoginResult,
  settings: LoginKeepingSettings,
  login: LoginSettings,
  context: Context,
  ownSecret: Session['secret_from'],
): Promise<SaveOutcome> {
  const [keeping, settingsNow] = await Promise.all([
    chooseKeeping(settings.store, context),
    currentSettings(context),
  ]);
  if (keeping === 'none') return { type: 'unwanted' };
  const { metadata, issuer, clientId } = result;
  const endpoint = typeof metadata.token_endpoint === 'string' ? metadata.token_endpoint : '';
  const secretFrom = ownSecret ?? settings.secretFrom();
  const owner = ownerOf(settings.profile, login.server.issuer ?? issuer ?? endpoint, clientId);
  const session = buildSession(result.tokens, {
    owner,
    issuer,
    client_id: clientId,
    verified: isVerified('id-token', result.checks) ? ['id_token', 'account'] : [],
    id_token_rules: rememberedRules(login.idToken),
    grant_type: loginGrant.type,
    ...(settings.loginOptions.length === 0 ? {} : { login_options: settings.loginOptions }),
    requested: {
      scope: result.requestedScope,
      resource: result.requestedResources,
      audience: login.request.audience ?? null,
    },
    plain: settings.isPlain,
    quick: canRenewItself(settings, result.tokens.method, secretFrom),
    settings: settingsNow,
    metadata,
    userinfo: result.userinfo,
    secret_from: secretFrom,
    dpopKey: result.dpopKey,
  });
  const path = sessionPath(context, sessionFileName(session.owner));
  return withLock(context, path, async () => {
    const { remarks } = await keepSession(context, session, keeping, context.now());
    return { type: 'kept', owner: session.owner, keeping, remarks };
  });
}

function rememberedRules({ trustedAudiences = [], registeredAlgorithm: alg }: LoginSettings['idToken']) {
  return { trusted_audiences: trustedAudiences, ...(alg === undefined ? {} : { alg }) };
}
