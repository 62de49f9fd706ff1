import type { CheckResult } from '../../checks/check-result.ts';
import { UsageError } from '../../errors.ts';
import type { Conversation } from '../../flows/conversation.ts';
import { discoverServer, requireEndpoint } from '../../flows/discover-metadata.ts';
import { deleteClient, describeClient, secretsOf } from '../../flows/register-client.ts';
import { type JsonObject, textListMember, textMember } from '../../json/json.ts';
import type { RegistrationDocument } from '../../output/documents.ts';
import { renderRegistration } from '../../output/render-registration.ts';
import { clientAuthenticationMethods } from '../../protocol/client-authentication.ts';
import { say } from '../../say.ts';
import { chooseKeeping } from '../../sessions/keep-session.ts';
import { type RegisterSettings, withoutNulls } from '../../settings/settle-registration.ts';
import {
  openRegistration,
  removeRegistration,
  type SavedRegistration,
  savedRegistrations,
  saveRegistration,
} from '../../storage/registration-store.ts';
import type { SessionKeeping } from '../../storage/session-store.ts';
import type { Invocation } from '../command.ts';
import { withConversation } from '../conversation.ts';
import { printResult } from '../print-result.ts';
import { mayReplace, type SaveTarget, saveTarget, storeProfile } from '../profile/write-profile.ts';
import { loginCommand } from '../session/owner-commands.ts';
import { tellStep } from '../tell.ts';
import { withdraw } from './withdraw.ts';

/** A client with its issuer, what was asked for and what came. */
interface Described {
  readonly issuer: string;
  readonly asked: JsonObject;
  readonly client: JsonObject & { client_id: string };
}

/**
 * Registers a client, or reads, changes or deletes one; what it needs again is kept, and it is printed.
 * @throws UsageError, ConfigError, ErrorResponseError, InvalidResponseError, ValidationError, NetworkError
 */
export async function runRegister(settings: RegisterSettings, invocation: Invocation): Promise<void> {
  const { output, action, store, save } = settings;
  const { context, journal } = invocation;
  const keeping = await chooseKeeping(store, context);
  const target = save && (await saveTarget(settings.config, context, save.name));
  if (target !== undefined && save !== undefined) {
    const { consent } = save.settings({});
    if (!(await mayReplace(consent, context, target, {}))) return;
  }
  const known = action === 'create' ? undefined : await findKept(settings, invocation);
  let checks: readonly CheckResult[] = [];
  const described = await withConversation('register', settings, output, invocation, async (conversation) => {
    const done = await (known === undefined
      ? create(conversation, settings, invocation)
      : manage(conversation, settings, known, invocation));
    checks = [...conversation.checks];
    return done;
  });
  const { issuer, client } = described;
  const { client_id } = client;
  journal.open.push(client_id);
  const isGone = action === 'delete';
  let kept: Awaited<ReturnType<typeof saveRegistration>> | undefined;
  try {
    if (isGone && known?.saved !== undefined) await removeRegistration(context, known.saved);
    if (!isGone && keeping !== 'none') {
      const registration = { ...described, client_id, of_login: known?.saved?.of_login ?? false };
      kept = await saveRegistration(context, keeping, registration, client);
    }
    if (target !== undefined && save !== undefined && !isGone)
      await saveProfile(target, save, described, keeping, kept?.saved, invocation);
  } catch (error) {
    // A client that is kept nowhere can never be deleted again.
    if (action === 'create' && (await withdraw(client, settings, output, invocation)) && kept !== undefined)
      await removeRegistration(context, kept.saved);
    throw error;
  }
  const document: RegistrationDocument = {
    version: 1,
    issuer,
    action,
    client_id,
    client,
    kept: kept && keeping !== 'none' ? { file: kept.path, secrets: keeping } : null,
    profile: target?.name ?? null,
    checks,
  };
  const owner =
    document.profile === null
      ? ({ type: 'client', issuer: document.issuer, clientId: document.client_id } as const)
      : ({ type: 'profile', name: document.profile } as const);
  const next = action === 'delete' ? undefined : loginCommand(owner);
  const secrets = secretsOf(document.client);
  printResult(document, (shown, view) => renderRegistration(shown, view, secrets, next), output, invocation);
}

async function create(
  conversation: Conversation,
  { server, metadata, initialAccessToken }: RegisterSettings,
  { context }: Invocation,
): Promise<Described> {
  const endpoint = server.given.registration_endpoint;
  const isWithout = server.issuer === undefined && server.metadataUrl === undefined;
  const found =
    isWithout && endpoint !== undefined
      ? { metadata: server.given, issuer: null, checks: [] }
      : await discoverServer(conversation, server, 'first');
  conversation.requireChecks('discovery', found.checks);
  const url = requireEndpoint(found, 'registration_endpoint');
  const place = { url, token: initialAccessToken };
  const client = await describeClient(conversation, 'create', place, metadata, context.now());
  return { issuer: found.issuer ?? new URL(url).origin, asked: metadata, client };
}

/** A client that is there already, as it is kept here or as the options name it. */
interface KnownClient {
  readonly issuer: string;
  readonly client: JsonObject;
  readonly asked: JsonObject;
  readonly saved: SavedRegistration | undefined;
}

/** @throws UsageError when none, or more than one, is meant */
async function findKept(
  { client: { uri, token }, server: { issuer }, clientId }: RegisterSettings,
  { context, journal }: Invocation,
): Promise<KnownClient> {
  if (uri !== undefined) {
    const client = { registration_client_uri: uri, ...(token && { registration_access_token: token }) };
    return { issuer: issuer ?? new URL(uri).origin, client, asked: {}, saved: undefined };
  }
  const all = await savedRegistrations(context);
  const [saved, ...others] = all.filter(
    (one) =>
      (issuer === undefined || one.issuer === issuer) &&
      (clientId === undefined || one.client_id === clientId),
  );
  const list = [saved, ...others].flatMap((one) => one && `${one.client_id} at ${one.issuer}`).join(', ');
  if (saved === undefined || others.length > 0)
    throw new UsageError(
      saved === undefined
        ? 'No such registration is kept here.'
        : say`More than one registration is meant: ${list}.`,
      {
        hint: 'Name it with --issuer URL and --client-id ID, or -p NAME; or give --registration-client-uri URL and its token.',
      },
    );
  const opened = await openRegistration(context, saved);
  journal.secrets.push(...secretsOf(opened));
  const client = { ...opened, ...(token && { registration_access_token: token }) };
  return { issuer: saved.issuer, client, asked: saved.asked, saved };
}

/** Members that a client may not send back (RFC 7592 §2.2). */
const ofServer = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

async function manage(
  conversation: Conversation,
  { action, metadata }: RegisterSettings,
  { issuer, client: known, asked }: KnownClient,
  { context }: Invocation,
): Promise<Described> {
  const url = textMember(known, 'registration_client_uri');
  if (url === undefined)
    throw new UsageError('The server gave no address at which the client can be read, changed or deleted.', {
      hint: 'It does not support RFC 7592; the administrator of the server can do it.',
    });
  const place = { url, token: textMember(known, 'registration_access_token') };
  if (action === 'delete') {
    await deleteClient(conversation, place);
    return { issuer, asked, client: { ...known, client_id: textMember(known, 'client_id') ?? '' } };
  }
  const now = context.now();
  // A server that leaves a secret or the address out of a later answer still means them.
  const keep = <T extends JsonObject>(members: T) => ({
    ...pick(known, ['client_secret', ...ofServer]),
    ...members,
  });
  const read = keep(await describeClient(conversation, 'read', place, undefined, now));
  if (action === 'read') return { issuer, asked, client: read };
  const sent = withoutNulls({ ...read, ...metadata });
  for (const member of ofServer) delete sent[member];
  const current = { ...place, token: textMember(read, 'registration_access_token') ?? place.token };
  const client = keep(await describeClient(conversation, 'update', current, sent, now));
  return { issuer, asked: metadata, client };
}

function pick(members: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name)));
}

/** Writes the client into a profile; of its secret, where it is. */
async function saveProfile(
  target: SaveTarget,
  { settings }: NonNullable<RegisterSettings['save']>,
  { client, issuer }: Described,
  keeping: SessionKeeping | 'none',
  saved: SavedRegistration | undefined,
  { context }: Invocation,
): Promise<void> {
  const [redirectUri] = textListMember(client, 'redirect_uris') ?? [];
  const method = clientAuthenticationMethods.find((one) => one === client.token_endpoint_auth_method);
  const { output, toSave } = settings({
    issuer,
    'client-id': client.client_id,
    ...(redirectUri === undefined ? {} : { 'redirect-uri': redirectUri }),
    ...(method === undefined ? {} : { 'auth-method': method }),
  });
  const own = await toSave();
  const place = saved?.secrets.client_secret;
  const secret = textMember(client, 'client_secret');
  const inKeychain = keeping === 'keychain' && secret !== undefined;
  await storeProfile(
    context,
    target,
    {
      settings: {
        ...own.settings,
        ...(inKeychain ? { client_secret: { keychain: true } } : place && { client_secret: { ...place } }),
      },
      leftOut: [],
      ...(inKeychain ? { secret } : {}),
    },
    false,
  );
  if (!output.quiet)
    tellStep(context.terminal.stderr, {
      mark: 'pass',
      name: 'Profile',
      text: `saved as ${target.name} in ${target.file}`,
    });
}
