import type { CheckResult } from '../checks/check-result.ts';
import { isRepeatable, loginGrant } from '../client/grants.ts';
import { UsageError } from '../errors.ts';
import { type Conversation, tellRemark } from '../flows/conversation.ts';
import { discoverServer, requireEndpoint } from '../flows/discover-metadata.ts';
import { deleteClient, describeClient, secretsOf } from '../flows/register-client.ts';
import { isHttpUrl } from '../http-message.ts';
import { type JsonObject, textListMember, textMember } from '../json/json.ts';
import type { RegistrationDocument } from '../output/documents.ts';
import { renderRegistration } from '../output/render-registration.ts';
import { clientAuthenticationMethods } from '../protocol/client-authentication.ts';
import { cibaType, deviceCodeType } from '../protocol/grant-types.ts';
import { say } from '../say.ts';
import { chooseKeeping } from '../sessions/keep-session.ts';
import { ownerOf } from '../sessions/token-settings.ts';
import { type OptionTable, pickOptions, repeatable, usual } from '../settings/option-reader.ts';
import {
  accessOptions,
  checkedOutputOptions,
  checkOptions,
  clientOptions,
  connectionOptions,
  defaultRedirectUri,
  initialTokenOptions,
  registrationEndpointOption,
  serverOptions,
  settingsOptions,
  storeOptions,
} from '../settings/options.ts';
import { profileKeys } from '../settings/profile-keys.ts';
import { type RegisterSettings, settleRegister, withoutNulls } from '../settings/settle-registration.ts';
import { loadSettings } from '../storage/load-settings.ts';
import {
  openRegistration,
  removeRegistration,
  type SavedRegistration,
  savedRegistrations,
  saveRegistration,
} from '../storage/registration-store.ts';
import { defineCommand, type Invocation } from './command.ts';
import { withConversation } from './conversation.ts';
import { printResult } from './print-result.ts';
import {
  forgetSecret,
  mayReplace,
  type SaveTarget,
  saveTarget,
  storeProfile,
  writeSettings,
} from './profile/write-profile.ts';
import { withdraw } from './register/withdraw.ts';
import { loginCommand } from './session/owner-commands.ts';
import { tellLine } from './tell.ts';

const metadataOptions: OptionTable = {
  '--redirect-uri <uri>': usual(repeatable(`default ${defaultRedirectUri}; repeatable`)),
  '--client-name <name>': usual('what users are shown'),
  '--application-type <type>': {
    description: 'default native, unless a redirect URI is https',
    choices: ['native', 'web'],
  },
  '--metadata <json>': usual('any other members as JSON, or a file of it; null leaves one out'),
  '--software-statement-file <file>': 'the statement is in this file, or - for stdin',
  '--software-statement-env <name>': 'the statement is in this variable',
  ...initialTokenOptions,
};

const actionOptions: OptionTable = {
  '--read': usual('show what the server has registered (RFC 7592)'),
  '--update': usual('change the members that are given, keep all others'),
  '--delete': usual('delete the client at the server and here'),
  '--registration-client-uri <url>': 'address of a client that is not kept here',
  '--registration-access-token-file <file>': 'its token is in this file, or - for stdin',
  '--registration-access-token-env <name>': 'its token is in this variable',
};

const savingOptions: OptionTable = {
  '--save <name>': usual('save a profile with the client'),
  '-y, --yes': 'replace an existing profile without asking',
  ...storeOptions,
};

const examples = `
Examples:
  A client for logins on this machine, as a profile:
  $ oauth-code register --issuer https://login.example.com --save work
  $ oauth-code login -p work

  A public client of another kind:
  $ oauth-code register --issuer https://login.example.com --auth-method none \\
      --metadata '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"]}'

  Change its name, then delete it:
  $ oauth-code register --update -p work --client-name "My tool"
  $ oauth-code register --delete -p work`;

/** Gives `register` its options and action. */
export const define = defineCommand({
  description:
    'Register a client at the authorization server; read, change or delete it (RFC 7591, RFC 7592).',
  usage: '--issuer URL [options]',
  groups: [
    ['Client metadata:', metadataOptions],
    ['A registered client:', actionOptions],
    ['Settings:', settingsOptions],
    [
      'Authorization server:',
      { ...pickOptions(serverOptions, /^--(?:issuer|metadata-url) /), ...registrationEndpointOption },
    ],
    [
      'Client:',
      pickOptions({ ...clientOptions, ...accessOptions }, /^--(?:client-id|auth-m|signing-|key-pass|scope)/),
    ],
    ['Saving:', savingOptions],
    ['Checks:', pickOptions(checkOptions, /^--no-verify /)],
    ['Connection:', connectionOptions],
    ['Output:', checkedOutputOptions],
  ],
  notes: examples,
  async action({ settle }) {
    await runRegister(...(await settle(settleRegister)));
  },
});

/** A client with its issuer, and what was asked for. */
interface Described {
  readonly issuer: string;
  readonly asked: JsonObject;
  readonly client: JsonObject;
  /** As it is kept here already. */
  readonly saved?: SavedRegistration | undefined;
}

/**
 * Registers a client, or reads, changes or deletes one; what it needs again is kept, and it is printed.
 * @throws UsageError, ConfigError, ErrorResponseError, InvalidResponseError, ValidationError, NetworkError
 */
async function runRegister(settings: RegisterSettings, invocation: Invocation): Promise<void> {
  const { action, store, save, profile } = settings;
  const { context, journal } = invocation;
  const keeping = await chooseKeeping(store, context);
  const target = save === undefined ? undefined : await saveTarget(settings.config, context, save);
  if (target !== undefined && !(await mayReplace(profile().yes, invocation, target, {}))) return;
  const known = action === 'create' ? undefined : await findKept(settings, invocation);
  let checks: readonly CheckResult[] = [];
  const described = await withConversation(settings, invocation, async (conversation) => {
    const done = await (known === undefined
      ? create(conversation, settings, invocation)
      : manage(conversation, settings, known, invocation));
    checks = [...conversation.checks];
    return done;
  });
  const { issuer, client } = described;
  const client_id = textMember(client, 'client_id') ?? '';
  journal.open.push(client_id);
  let kept: Awaited<ReturnType<typeof saveRegistration>> | undefined;
  try {
    if (action === 'delete') {
      if (known?.saved !== undefined) await removeRegistration(context, known.saved);
      await leaveProfiles(settings, issuer, client_id || settings.clientId, invocation);
    } else {
      const registration = { ...described, client_id, of_login: known?.saved?.of_login ?? false };
      if (keeping !== 'none') kept = await saveRegistration(context, keeping, registration, client);
      if (target !== undefined) await saveProfile(target, profile, described, kept?.saved, invocation);
    }
  } catch (error) {
    // A client that is kept nowhere can never be deleted again.
    if (action === 'create' && (await withdraw(client, settings, invocation)) && kept !== undefined)
      await removeRegistration(context, kept.saved);
    throw error;
  }
  // Without a profile, no login finds the secret.
  const isLoginPossible = action !== 'delete' && (save !== undefined || client.client_secret === undefined);
  const { flow, 'grant-type': grantType } = usualGrant(described);
  const words = { login_options: flow !== undefined && save === undefined ? [['flow', flow] as const] : [] };
  const next = isLoginPossible
    ? loginCommand(ownerOf(save, issuer, client_id), words, { grantType })
    : undefined;
  const document: RegistrationDocument = {
    version: 1,
    issuer,
    action,
    client_id,
    client,
    kept: kept && keeping !== 'none' ? { file: kept.path, secrets: keeping } : null,
    profile: target === undefined ? null : { name: target.name, file: target.file },
    checks,
  };
  const secrets = secretsOf(client);
  printResult(document, (shown, view) => renderRegistration(shown, view, secrets, next), invocation);
}

async function create(
  conversation: Conversation,
  { server, metadata, initialAccessToken: token }: RegisterSettings,
  { context }: Invocation,
): Promise<Described> {
  const found =
    server.issuer === undefined && server.metadataUrl === undefined
      ? { metadata: server.given, issuer: null, checks: [] }
      : await discoverServer(conversation, server, 'first');
  conversation.requireChecks('discovery', found.checks);
  const url = requireEndpoint(found, 'registration_endpoint');
  const client = await describeClient(conversation, 'create', { url, token }, metadata, context.now());
  return { issuer: found.issuer ?? new URL(url).origin, asked: metadata, client };
}

/** The client that is there already, as it is kept here or as the options name it. @throws UsageError */
async function findKept(
  { uri, token, server: { issuer }, clientId }: RegisterSettings,
  { context, journal }: Invocation,
): Promise<Described> {
  const given = token === undefined ? {} : { registration_access_token: token };
  if (uri !== undefined) {
    const client = { registration_client_uri: uri, ...given, ...(clientId && { client_id: clientId }) };
    return { issuer: issuer ?? new URL(uri).origin, client, asked: {} };
  }
  const unusable: Error[] = [];
  const all = (await savedRegistrations(context, (error) => unusable.push(error))).filter(
    (one) => (issuer ?? one.issuer) === one.issuer && (clientId ?? one.client_id) === one.client_id,
  );
  const [saved] = all;
  if (saved === undefined && unusable[0] !== undefined) throw unusable[0];
  if (saved === undefined || all.length > 1)
    throw new UsageError(
      saved === undefined
        ? 'No such registration is kept here.'
        : say`More than one registration is meant: ${all.map((one) => `${one.client_id} at ${one.issuer}`).join(', ')}.`,
      {
        hint: 'Name it with --issuer URL and --client-id ID, or -p NAME; or give --registration-client-uri URL and its token.',
      },
    );
  const opened = await openRegistration(context, saved);
  journal.secrets.push(...secretsOf(opened));
  return { issuer: saved.issuer, client: { ...opened, ...given }, asked: saved.asked, saved };
}

/** Members that a client may not send back (RFC 7592 §2.2). */
const ofServer =
  /^(?:registration_(?:access_token|client_uri)|client_secret_expires_at|client_id_issued_at)$/;

async function manage(
  conversation: Conversation,
  { action, metadata }: RegisterSettings,
  described: Described,
  { context }: Invocation,
): Promise<Described> {
  const known = described.client;
  const url = textMember(known, 'registration_client_uri');
  if (url === undefined || !isHttpUrl(url))
    throw new UsageError('The server gave no address at which the client can be read, changed or deleted.', {
      hint: 'The administrator of the server can do it. If you know the address: --registration-client-uri URL.',
    });
  const placeOf = (members: JsonObject) => ({ url, token: textMember(members, 'registration_access_token') });
  if (action === 'delete') {
    await deleteClient(conversation, placeOf(known));
    return described;
  }
  const now = context.now();
  // A server that leaves a secret or the address out of a later answer still means them.
  const keep = (members: JsonObject) => ({ ...pick(known, /^client_secret$|^registration_/), ...members });
  const clientId = textMember(known, 'client_id');
  const read = keep(await describeClient(conversation, 'read', placeOf(known), undefined, now, clientId));
  if (action === 'read') return { ...described, client: read };
  const all = withoutNulls({ ...read, ...metadata });
  const isOwn = { test: (name: string) => !ofServer.test(name) };
  const sent = pick(all, isOwn);
  if (JSON.stringify(sent) === JSON.stringify(pick(withoutNulls(read), isOwn))) {
    const text = say`nothing differs from what is registered; it is sent all the same`;
    tellRemark(conversation, 'registration', text);
  }
  return {
    ...described,
    client: keep(await describeClient(conversation, 'update', placeOf(read), sent, now, clientId)),
  };
}

function pick(members: JsonObject, names: { test(name: string): boolean }): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([name]) => names.test(name)));
}

/** Takes a client that is gone out of the user's profiles that name it, with its secret. @throws ConfigError */
async function leaveProfiles(
  { config }: RegisterSettings,
  issuer: string,
  clientId: string | undefined,
  { context, journal, output }: Invocation,
): Promise<void> {
  const { file, user } = await loadSettings(context, config, profileKeys);
  for (const [name, settings] of user?.profiles ?? []) {
    if (!clientId || settings.get('client_id') !== clientId || (settings.get('issuer') ?? issuer) !== issuer)
      continue;
    const changes = ['client_id', 'client_secret', 'auth_method', 'redirect_uri'].map((key) => ({
      path: ['profiles', name, key],
    }));
    await writeSettings(context, file, changes);
    await forgetSecret(context, name, file, settings);
    if (output.quiet) continue;
    journal.told = true;
    tellLine(context.terminal.stderr, `Profile ${name} no longer has a client: its client was deleted.`);
  }
}

/** How a client that is not for a login with the browser gets its tokens, as settings of a profile. */
function usualGrant({ asked, client }: Described): { flow?: string; 'grant-type'?: string } {
  const types = textListMember({ ...asked, ...client }, 'grant_types') ?? [];
  if (types.length === 0 || types.includes(loginGrant.type)) return {};
  const flow = { [deviceCodeType]: 'device', [cibaType]: 'ciba', implicit: 'implicit' };
  const [first] = Object.entries(flow).filter(([type]) => types.includes(type));
  const repeatable = types.find(isRepeatable);
  return first !== undefined
    ? { flow: first[1] }
    : repeatable === undefined
      ? {}
      : { 'grant-type': repeatable };
}

/** Writes the client into a profile; of its secret, where it is. */
async function saveProfile(
  target: SaveTarget,
  profile: RegisterSettings['profile'],
  described: Described,
  saved: SavedRegistration | undefined,
  { context }: Invocation,
): Promise<void> {
  const { client, issuer } = described;
  const [redirectUri] = textListMember(client, 'redirect_uris') ?? [];
  const method = clientAuthenticationMethods.find((one) => one === client.token_endpoint_auth_method);
  const { settings } = await profile({
    issuer,
    'client-id': String(client.client_id),
    ...(redirectUri && { 'redirect-uri': redirectUri }),
    ...(method && { 'auth-method': method }),
    ...usualGrant(described),
  }).toSave();
  const place = saved?.secrets.client_secret;
  const secret = place && 'keychain' in place ? textMember(client, 'client_secret') : undefined;
  const reference = secret === undefined ? place && { ...place } : { keychain: true };
  const whole = { ...settings, ...(reference && { client_secret: reference as JsonObject }) };
  await storeProfile(context, target, { settings: whole, leftOut: [], ...(secret && { secret }) }, false);
}
