import type { Context } from '../../context.ts';
import { NamedError } from '../../errors.ts';
import type { SessionUse } from '../../output/documents.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import {
  defaultProfile,
  type LoadedSettings,
  loadSettings,
  type SelectedProfile,
  selectProfile,
} from '../../storage/load-settings.ts';
import { type SavedSession, type SessionOwner, sessionFileName } from '../../storage/session-file.ts';

/** The file of the session that is used here when none is named, and why it is that one. */
export interface SessionInUse {
  readonly name: string;
  readonly use: SessionUse;
}

/** Finds the session that `token` and others would take here without being told which; undefined when none is. */
export async function sessionInUse(
  context: Context,
  saved: readonly SavedSession[],
): Promise<SessionInUse | undefined> {
  const chosen = await chosenOwner(context);
  if (chosen === 'none') return undefined;
  if (chosen !== undefined) return { name: sessionFileName(chosen.owner), use: chosen.use };
  const [only, ...others] = new Set(saved.map(({ owner }) => sessionFileName(owner)));
  return only === undefined || others.length > 0 ? undefined : { name: only, use: 'only_session' };
}

async function chosenOwner(
  context: Context,
): Promise<{ readonly owner: SessionOwner; readonly use: SessionUse } | 'none' | undefined> {
  const { OAUTH_CODE_PROFILE, OAUTH_CODE_ISSUER, OAUTH_CODE_CLIENT_ID, OAUTH_CODE_CONFIG } = context.env;
  if (!OAUTH_CODE_PROFILE && OAUTH_CODE_ISSUER && OAUTH_CODE_CLIENT_ID) {
    const owner = { type: 'client', issuer: OAUTH_CODE_ISSUER, clientId: OAUTH_CODE_CLIENT_ID } as const;
    return { owner, use: 'variable' };
  }
  try {
    const loaded = await loadSettings(context, OAUTH_CODE_CONFIG || undefined, profileKeys);
    const choice = OAUTH_CODE_PROFILE
      ? { name: OAUTH_CODE_PROFILE, source: 'OAUTH_CODE_PROFILE' }
      : defaultProfile(loaded);
    if (choice === undefined) return undefined;
    const profile = selectProfile(loaded, choice);
    const owner = ownerOfProfile(profile);
    if (owner === undefined) return namesNoIssuer(profile) ? 'none' : undefined;
    return { owner, use: useOf(loaded, OAUTH_CODE_PROFILE) };
  } catch (error) {
    // Settings that cannot be read are told by whatever needs them; the list is shown all the same.
    if (error instanceof NamedError) return undefined;
    throw error;
  }
}

function useOf({ project }: LoadedSettings, variable: string | undefined): SessionUse {
  if (variable) return 'variable';
  return project?.defaultProfile === undefined ? 'default_profile' : 'project';
}

/** A profile of a project that names no issuer borrows no session. */
function namesNoIssuer({ parts }: SelectedProfile): boolean {
  return parts.every(({ place, settings }) => place === 'project' && !settings.has('issuer'));
}

/** A profile that only a project knows is none of the user's: its sessions are those of its client. */
function ownerOfProfile({ name, parts }: SelectedProfile): SessionOwner | undefined {
  if (parts.some(({ place }) => place === 'profile')) return { type: 'profile', name };
  const text = (key: string) =>
    parts.map(({ settings }) => settings.get(key)).find((value) => typeof value === 'string');
  const [issuer, clientId] = [text('issuer') ?? text('token_endpoint'), text('client_id')];
  return typeof issuer === 'string' && typeof clientId === 'string'
    ? { type: 'client', issuer, clientId }
    : undefined;
}
