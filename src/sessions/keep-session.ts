import { ConfigError } from '../errors.ts';
import { type SavedSession, sessionFileName } from '../storage/session-file.ts';
import {
  readSession,
  requireDataKey,
  type Session,
  type SessionDoors,
  type SessionKeeping,
  sessionPath,
  sessionText,
} from '../storage/session-store.ts';

/**
 * Chooses where a session is kept: as it was asked for or kept before, else with the keychain, else in a plain file.
 * @throws ConfigError when the keychain was asked for and cannot be used
 */
export async function chooseKeeping(
  asked: SessionKeeping | 'none' | undefined,
  doors: Pick<SessionDoors, 'keychain'>,
): Promise<SessionKeeping | 'none'> {
  if (asked === 'file' || asked === 'none') return asked;
  try {
    await requireDataKey(doors);
    return 'keychain';
  } catch (error) {
    if (asked === undefined && error instanceof ConfigError) return 'file';
    throw error;
  }
}

/** Where a session was written, and each change to other files in one sentence. */
export interface KeptSession {
  readonly path: string;
  readonly remarks: readonly string[];
}

/**
 * Writes a new session as its owner's last one; the lock of that file has to be held. Another session of the owner's,
 * such as that of another account, is kept beside it while it is good for anything; what cannot be read is set aside.
 * @throws ConfigError when something cannot be written or sealed
 */
export async function keepSession(
  doors: SessionDoors,
  session: Session,
  keeping: SessionKeeping,
  now: Date,
): Promise<KeptSession> {
  const name = sessionFileName(session.owner);
  const path = sessionPath(doors, name);
  const text = await sessionText(doors, session, keeping);
  const own = variantName(session);
  const remarks: string[] = [];

  const found = await readSession(doors, name);
  if (found.type === 'unreadable') {
    const kept = await doors.files.setAside(path, found.problem);
    remarks.push(`${path} could not be read; its content is kept as ${kept}`);
  }
  if (found.type === 'session') {
    const other = variantName(found.saved);
    const stored = other === own ? undefined : await doors.files.read(path);
    if (stored !== undefined && isWorthKeeping(found.saved, now)) {
      await doors.files.write(sessionPath(doors, other), stored.text);
    }
  }
  await doors.files.write(path, text);
  await doors.files.remove(sessionPath(doors, own));
  return { path, remarks };
}

/** The file of a session that is not its owner's last one: named after all that it is told apart by. */
function variantName({
  owner,
  issuer,
  client_id,
  account,
  grant_type,
  requested,
}: Omit<SavedSession, 'tokens' | 'sealed' | 'version' | 'kind'>): string {
  const { scope, resource, audience, inputs } = requested;
  const sets = [[...scope].sort(), [...resource].sort()];
  return sessionFileName(
    owner,
    JSON.stringify(
      [issuer, client_id, account?.sub ?? null, grant_type, ...sets, audience, inputs].filter(
        (part) => part !== undefined,
      ),
    ),
  );
}

function isWorthKeeping({ refreshable, expires_at }: SavedSession, now: Date): boolean {
  return refreshable || expires_at === null || Date.parse(expires_at) > now.getTime();
}
