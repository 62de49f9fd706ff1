import { ConfigError } from '../errors.ts';
import { isJsonObject, type JsonObject, parsePlainJson } from '../json/json.ts';
import { say } from '../say.ts';
import { judgeOwnFile, requireOwnFolder } from './own-file.ts';
import { pathsOf, type Surroundings, stateFolder } from './places.ts';
import { digest } from './session-file.ts';
import type { SessionDoors, SessionKeeping } from './session-store.ts';

/** Where a secret of a registered client is. */
export type SecretPlace = { readonly file: string } | { readonly keychain: string };

/** A client that was registered from here, as its file holds it. */
export interface SavedRegistration {
  readonly version: 1;
  readonly kind: 'oauth-code registration';
  readonly issuer: string;
  readonly client_id: string;
  /** Whether it belongs to the sessions of logins, and is deleted with the last of them. */
  readonly of_login: boolean;
  /** The metadata that was asked for. */
  readonly asked: JsonObject;
  /** As received, without the secrets. */
  readonly client: JsonObject;
  readonly secrets: Readonly<Partial<Record<SecretMember, SecretPlace>>>;
}

/** Members of the description of a client that are kept apart. */
const secretMembers = ['client_secret', 'registration_access_token'] as const;
type SecretMember = (typeof secretMembers)[number];

/** What tells registrations apart. */
type Owner = Pick<SavedRegistration, 'issuer' | 'client_id'>;

function pathOf(doors: Surroundings, { issuer, client_id: clientId }: Owner): string {
  return pathsOf(doors).join(folderOf(doors), `${digest(JSON.stringify([issuer, clientId]))}.json`);
}

function folderOf(doors: Surroundings): string {
  return pathsOf(doors).join(stateFolder(doors), 'registrations');
}

/**
 * Keeps a registration: its secrets in the keychain, or in files that only the user can read.
 * @param client every member as received
 * @throws ConfigError
 */
export async function saveRegistration(
  doors: SessionDoors,
  keeping: SessionKeeping,
  registration: Pick<SavedRegistration, 'issuer' | 'client_id' | 'of_login' | 'asked'>,
  client: JsonObject,
): Promise<{ readonly path: string; readonly saved: SavedRegistration }> {
  const path = pathOf(doors, registration);
  await requireOwnFolder(doors.files, path);
  const secrets: Partial<Record<SecretMember, SecretPlace>> = {};
  const open = { ...client };
  for (const member of secretMembers) {
    const value = client[member];
    delete open[member];
    if (typeof value !== 'string') continue;
    const place =
      keeping === 'keychain' ? { keychain: `${member} of ${path}` } : { file: `${path}.${member}` };
    if ('keychain' in place) await doors.keychain.set(place.keychain, value);
    else await doors.files.write(place.file, value);
    secrets[member] = place;
  }
  const { issuer, client_id, of_login, asked } = registration;
  const kind = 'oauth-code registration';
  const saved = { version: 1, kind, issuer, client_id, of_login, asked, client: open, secrets } as const;
  await doors.files.write(path, `${JSON.stringify(saved, null, 2)}\n`);
  return { path, saved };
}

/**
 * The registrations that are kept here; a file that cannot be used, such as one that others can change, is left out.
 * @param unusable is told why
 * @throws ConfigError when the folder cannot be listed
 */
export async function savedRegistrations(
  doors: SessionDoors,
  unusable: (error: ConfigError) => void = () => {},
): Promise<readonly SavedRegistration[]> {
  const folder = folderOf(doors);
  const names = (await doors.files.list(folder)).filter((name) => name.endsWith('.json'));
  const readOne = (name: string) =>
    readOwn(doors, pathsOf(doors).join(folder, name)).catch((error: unknown) => {
      if (!(error instanceof ConfigError)) throw error;
      unusable(error);
      return undefined;
    });
  const read = await Promise.all(names.map(readOne));
  return read.flatMap((text) => {
    const value = parsePlainJson(text ?? '');
    const isOurs = isJsonObject(value) && value.kind === 'oauth-code registration' && value.version === 1;
    return isOurs ? [value as unknown as SavedRegistration] : [];
  });
}

/** The description of a client with its secrets. @throws ConfigError when one cannot be had */
export async function openRegistration(
  doors: SessionDoors,
  { client, secrets }: SavedRegistration,
): Promise<JsonObject> {
  const opened = { ...client };
  for (const [member, place] of Object.entries(secrets)) {
    const value =
      'keychain' in place ? await doors.keychain.get(place.keychain) : await readOwn(doors, place.file);
    if (value === undefined)
      throw new ConfigError(say`The ${member} of the client ${String(client.client_id)} is no longer kept.`, {
        hint: 'Register the client anew, or have it removed at the server.',
      });
    opened[member] = value;
  }
  return opened;
}

/** Forgets a registration and its secrets on this machine. @throws ConfigError */
export async function removeRegistration(doors: SessionDoors, saved: SavedRegistration): Promise<void> {
  for (const place of Object.values(saved.secrets)) {
    if ('keychain' in place) await doors.keychain.remove(place.keychain);
    else await doors.files.remove(place.file);
  }
  await doors.files.remove(pathOf(doors, saved));
}

async function readOwn(doors: SessionDoors, path: string): Promise<string | undefined> {
  const stored = await doors.files.read(path, 2);
  if (stored === undefined) return undefined;
  const tampering = judgeOwnFile(path, stored);
  if (tampering?.type === 'refused') throw tampering.error;
  return stored.text;
}
