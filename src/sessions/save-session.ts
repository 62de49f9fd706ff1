import type { Invocation } from '../commands/command.ts';
import { tellStep } from '../commands/tell-step.ts';
import { NamedError } from '../errors.ts';
import type { LoginResult } from '../flows/complete-login.ts';
import type { LoginSettings } from '../flows/login-settings.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { sessionFileName } from '../storage/session-file.ts';
import { currentSettings, prepareSession, sessionPath } from '../storage/session-store.ts';
import { buildSession } from './build-session.ts';
import { chooseKeeping } from './choose-keeping.ts';
import { keepSession } from './keep-session.ts';
import { rememberedSecret } from './remembered-secret.ts';
import { lockSession } from './session-lock.ts';
import { isPlain, isQuick, ownerOf, tokenCommand } from './settle-session.ts';

/** Keeps the session of a login that has succeeded. */
export type SaveSession = (result: LoginResult) => Promise<void>;

const probeOctets = 16 * 1024;
const lockTimeoutMs = 40_000;

/**
 * Finds out before a login whether its session can be kept, and how. Where nobody asked for it by --store, --save or
 * a profile, a session that cannot be kept is only said to be lost.
 * @throws ConfigError when it was asked for and cannot be
 */
export async function prepareSessionSave(
  options: OptionReader,
  settings: LoginSettings,
  invocation: Invocation,
): Promise<SaveSession> {
  const { context } = invocation;
  const profile = options.text('save') ?? options.profile;
  const store = options.text('store');
  const isAskedFor = profile !== undefined || store !== undefined;
  if (store === 'none') return async () => {};
  // Without being asked for, the keychain is not looked for before the person has logged in.
  if (store === 'keychain') await chooseKeeping(options, invocation);
  const orSay = async (action: () => Promise<void>): Promise<boolean> => {
    try {
      await action();
      return true;
    } catch (error) {
      if (isAskedFor || !(error instanceof NamedError) || error === context.signal.reason) throw error;
      tell(invocation, options, 'warn', `not kept for later. ${error.message}`);
      return false;
    }
  };

  const known = ownerOf(
    profile,
    settings.server.issuer ?? settings.server.given.token_endpoint,
    settings.client.credentials.clientId,
  );
  const probing = orSay(async () => {
    const name = known === undefined ? 'probe.json' : sessionFileName(known);
    await (await prepareSession(context, name, probeOctets)).discard();
  });
  // What only brings a warning need not be known before the login goes on.
  if (isAskedFor) await probing;
  else probing.catch(() => {});
  return async (result) => {
    if (await probing) await orSay(() => save(result, options, settings, invocation, profile));
  };
}

async function save(
  result: LoginResult,
  options: OptionReader,
  settings: LoginSettings,
  invocation: Invocation,
  profile: string | undefined,
): Promise<void> {
  const { context } = invocation;
  const [keeping, settingsNow] = await Promise.all([
    chooseKeeping(options, invocation),
    currentSettings(context),
  ]);
  if (keeping === 'none') return;
  const { metadata, issuer, clientId } = result;
  const endpoint = typeof metadata.token_endpoint === 'string' ? metadata.token_endpoint : '';
  const remembered = rememberedSecret(options, context);
  const owner = ownerOf(profile, settings.server.issuer ?? issuer ?? endpoint, clientId);
  const session =
    owner === undefined
      ? undefined
      : buildSession(result.tokens, {
          owner,
          issuer,
          client_id: clientId,
          grant_type: 'authorization_code',
          requested: {
            scope: result.requestedScope,
            resource: settings.request.resources,
            audience: settings.request.audience ?? null,
          },
          plain: options.text('save') !== undefined || isPlain(options),
          quick: isQuick(options, { auth_method: result.tokens.method }, remembered.secret_from),
          settings: settingsNow,
          metadata,
          userinfo: result.userinfo,
          ...remembered,
        });
  if (session === undefined) {
    return tell(invocation, options, 'warn', 'not kept for later: there is no access token.');
  }
  const path = sessionPath(context, sessionFileName(session.owner));
  const outcome = await lockSession(context, path, lockTimeoutMs, async () => undefined);
  if (outcome.type === 'spared') return;
  try {
    const { remarks } = await keepSession(context, session, keeping, context.now());
    for (const remark of remarks) tell(invocation, options, 'warn', remark);
  } finally {
    outcome.lock.release();
  }
  const how =
    keeping === 'keychain'
      ? 'kept, encrypted with a key in the keychain'
      : 'kept in a file that only you can read';
  tell(invocation, options, 'pass', `${how}, for: ${tokenCommand(session.owner)}`);
}

function tell(
  { context: { terminal }, journal }: Invocation,
  options: OptionReader,
  mark: 'pass' | 'warn',
  text: string,
): void {
  if (options.isOn('quiet')) return;
  journal.told = true;
  tellStep(terminal.stderr, { mark, name: 'Session', text });
}
