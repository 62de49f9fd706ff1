import { type GrantInput, inputOptions, inputsByGrant, inputsOf } from '../client/grant-inputs.ts';
import { isRepeatable, loginGrant } from '../client/grants.ts';
import type { Context } from '../context.ts';
import { LoginRequiredError, UsageError } from '../errors.ts';
import { renderWarning } from '../output/render-step.ts';
import { own, say } from '../say.ts';
import {
  type GrantInputs,
  ownerOf,
  type RememberedClient,
  type RenewalSettings,
  type ServerAccess,
  type TokenSettings,
} from '../sessions/token-settings.ts';
import type { WantedSession } from '../storage/find-session.ts';
import {
  type Freshness,
  type SavedSession,
  type SessionOwner,
  sessionFileName,
} from '../storage/session-file.ts';
import { type SessionDoors, savedSessions } from '../storage/session-store.ts';
import type { OptionReader } from './option-reader.ts';
import { once } from './read-named-file.ts';
import { givenOnce, readGivenSecret, secretOptions } from './read-secret.ts';
import {
  clientSecretSetting,
  type Settling,
  secretFrom,
  settleClient,
  settleDpop,
  settleKeeping,
  tokenSource,
  wantsDpop,
} from './settle-client.ts';
import {
  settleClockTolerance,
  settleConnection,
  settleDecryptionKey,
  settleIdTokenRules,
  settleOverrides,
  settleScope,
  settleServer,
  settleWaived,
} from './settle-server.ts';

/** Settles which token is wanted, and how a new one would be had. @throws UsageError when nothing says whose */
export async function settleToken(options: OptionReader, run: Settling): Promise<TokenSettings> {
  const renewal = settleRenewal(options, run);
  const wanted = await settleWantedSession(options, run.context);
  const { grantType } = wanted;
  requireUse(options, grantType);
  // The saved token may be of another subject: what the grant hands in tells its sessions apart.
  const inputs = grantType === undefined ? undefined : await renewal.grantInputs(grantType);
  return {
    wanted: { ...wanted, inputs: inputs?.digest, dpopJkt: await givenThumbprint(options, renewal) },
    freshness: settleFreshness(options),
    renewal,
    differing: (session) => differencesFrom(session, options, run.context),
  };
}

/** Refuses inputs that were given for another grant: the token would be of another user. @throws UsageError */
function requireUse(options: OptionReader, type = loginGrant.type): void {
  const used = inputsOf(type);
  const isGiven = (name: string) => options.place(name) === 'flag';
  for (const [grant, inputs] of Object.entries(inputsByGrant)) {
    const stray = inputs
      .filter((input) => !used.includes(input))
      .flatMap(inputOptions)
      .find(isGiven);
    if (stray !== undefined)
      throw new UsageError(say`${options.source(stray)} is not for --grant-type ${own(type)}.`, {
        hint: own(`Add --grant-type ${grant}, or leave it out.`),
      });
  }
  for (const { option, of } of used) {
    if (of === undefined || !isGiven(option)) continue;
    const [other] = used
      .filter((one) => one.option === of.option)
      .flatMap(inputOptions)
      .filter((name) => options.place(name) !== undefined);
    if ((other !== undefined) === of.isBeside) continue;
    throw new UsageError(
      other === undefined
        ? say`${options.source(option)} means nothing without --${own(of.option)}-file or --${own(of.option)}-env.`
        : say`${options.source(option)} and ${options.source(other)} exclude each other.`,
    );
  }
}

async function givenThumbprint(
  options: OptionReader,
  { dpop }: RenewalSettings,
): Promise<string | undefined> {
  if (options.text('dpop-key') === undefined) return undefined;
  const { jwkThumbprint } = await import('../jose/jwk.ts');
  return jwkThumbprint((await dpop())?.key ?? {}) ?? undefined;
}

/** Settles how a server is talked to; files and secrets are read when they are needed. @throws UsageError */
export function settleAccess(options: OptionReader, run: Settling): ServerAccess {
  return {
    server: settleServer(options),
    idToken: settleIdTokenRules(options),
    waived: settleWaived(options),
    connection: () => once(options, 'connection', () => settleConnection(options, run.context)),
    decryptionKey: () => once(options, 'decryption-key', () => settleDecryptionKey(options, run.context)),
    client(remembered) {
      if (remembered === undefined) return settleClient(options, run);
      const own = withRemembered(options, remembered);
      if (remembered.server.auth_method.startsWith('client_secret')) {
        requireSecret(own, remembered, run.context.env);
      }
      return settleClient(own, run);
    },
  };
}

/** Settles how a session is renewed. @throws UsageError */
function settleRenewal(options: OptionReader, run: Settling): RenewalSettings {
  return {
    ...settleAccess(options, run),
    frugal: !options.isOn('verbose') && options.list('trace').length === 0,
    clockToleranceSeconds: settleClockTolerance(options),
    tokenOverrides: () => settleOverrides(options, 'token-param', run.journal),
    grantInputs: (type) =>
      once(options, `grant ${type}`, async () => {
        if (inputsOf(type).length === 0) return { values: {}, digest: undefined };
        return readGrantInputs(type, options, run);
      }),
    keeping: settleKeeping(options, run.context),
    dpop: () => once(options, 'dpop', () => settleDpop(options, run)),
  };
}

/** kubectl shows the API server the ID token (Kubernetes: authentication, OpenID Connect tokens). */
function defaultToken(options: OptionReader): string {
  return options.text('output') === 'exec-credential' ? 'id_token' : 'access_token';
}

/** How good the token has to be. @throws UsageError */
function settleFreshness(options: OptionReader): Freshness {
  const limits = { min: 0, max: 315_360_000 };
  // In a profile and in its variable max_age is about the person, not about the token.
  const isAboutToken = options.place('max-age') === 'flag';
  return {
    minValiditySeconds: options.number('min-validity', limits),
    maxAgeSeconds: isAboutToken ? options.number('max-age', limits) : undefined,
    isNew: options.isOn('fresh'),
    idToken: (options.text('token') ?? defaultToken(options)) === 'id_token',
  };
}

/** Where the settings of the client differ from those that a session was made with; secrets are not compared. */
function differencesFrom(
  { server, secret_from }: RememberedClient,
  options: OptionReader,
  context: Context,
): readonly string[] {
  const hasProof = ['signing-key', 'assertion-from'].some((name) =>
    /^(flag|variable)$/.test(options.place(name) ?? ''),
  );
  const method = options.text('auth-method') ?? (hasProof ? 'private_key_jwt' : server.auth_method);
  const setting = clientSecretSetting(options);
  const from = secretFrom(options, context);
  const isOther = setting !== undefined && JSON.stringify(from) !== JSON.stringify(secret_from);
  const place = (known: SavedSession['secret_from'], otherwise: string) =>
    Object.entries(known ?? {})
      .map(([kind, name]) => `${kind === 'env' ? 'variable' : kind} ${name}`)
      .join('') || otherwise;
  const isWithout = secret_from === undefined && !server.auth_method.startsWith('client_secret');
  const issued = isWithout
    ? 'without a client secret, not with one from'
    : `with a client secret from ${place(secret_from, 'elsewhere')}, not`;
  return [
    ...(method === server.auth_method ? [] : [`by ${server.auth_method}, not ${method}`]),
    ...(isOther ? [`${issued} ${place(from, setting.source)}`] : []),
  ];
}

/** The options with what the session says of its client. */
export function withRemembered(
  options: OptionReader,
  { client_id, server, secret_from }: RememberedClient,
): OptionReader {
  const [kind = '', value = ''] = Object.entries(secret_from ?? {})[0] ?? [];
  const source = 'place of the client secret at login';
  return options.with({
    above: [
      { name: 'client-id', values: [client_id], source },
      { name: 'auth-method', values: [server.auth_method], source },
    ],
    below: kind === '' ? [] : [{ name: `client-secret-${kind}`, values: [value], source }],
  });
}

function requireSecret(options: OptionReader, { client_id }: RememberedClient, env: Context['env']): void {
  const setting = clientSecretSetting(options);
  const hint = own(
    'Give it with --client-secret-file FILE, --client-secret-env NAME or OAUTH_CODE_CLIENT_SECRET.',
  );
  if (setting === undefined) {
    throw new UsageError(say`The client ${client_id} needs its client secret.`, { hint });
  }
  const [variable = ''] = setting.values;
  const isSaved = setting.place === 'profile' || setting.place === 'default';
  if (isSaved && setting.name === 'client-secret-env' && !env[variable]) {
    throw new UsageError(
      say`The client ${client_id} needs its client secret, but the variable ${variable} is empty or not set.`,
      { hint },
    );
  }
}

/** The token in the file or variable that an option names, such as `access-token`. @throws UsageError, ConfigError */
export async function readSecretToken(
  options: OptionReader,
  option: string,
  run: Settling,
): Promise<string | undefined> {
  const given = options.strongest(secretOptions(option));
  const token = await readGivenSecret(given, option.replaceAll('-', ' '), options.isOn('quiet'), run.context);
  if (token !== undefined) run.journal.secrets.push({ kind: option.replaceAll('-', '_'), value: token });
  return token;
}

/**
 * Settles whose session is meant and what it is to allow. Without a profile or client it is the only one there is.
 * @throws UsageError when nothing says whose
 */
export async function settleWantedSession(
  options: OptionReader,
  doors: SessionDoors,
): Promise<WantedSession> {
  const { issuer, given } = settleServer(options);
  const clientId = options.text('client-id');
  const named = ownerOf(options.profile, issuer ?? given.token_endpoint, clientId);
  if (named === undefined && options.text('store') === 'none') {
    throw new (isRepeatable(options.text('grant-type')) ? UsageError : LoginRequiredError)(
      'No client was named, and with --store none no session is read that could name one.',
      { hint: 'Name one with -p NAME, or with --issuer URL and --client-id ID.' },
    );
  }
  const owner = named ?? (await onlyOwner(doors, { issuer, clientId }, options.projectProfile));
  return {
    owner,
    issuer,
    clientId,
    tokenEndpoint: given.token_endpoint,
    account: options.text('account'),
    grantType: options.text('grant-type'),
    audience: options.text('audience'),
    dpop: wantsDpop(options),
    scope: settleScope(options),
    resource: options.list('resource'),
    beside: [
      ...[...(owner.type === 'profile' ? ['issuer', 'client-id'] : []), 'audience', 'dpop-key'].flatMap(
        (name) => (options.place(name) === 'flag' ? [[name, options.text(name) ?? ''] as const] : []),
      ),
      ...(options.place('dpop') === 'flag' && options.isOn('dpop') ? [['dpop'] as const] : []),
    ],
  };
}

async function onlyOwner(
  doors: SessionDoors,
  given: { readonly issuer: string | undefined; readonly clientId: string | undefined },
  projectProfile: string | undefined,
): Promise<SessionOwner> {
  if (projectProfile !== undefined && given.issuer === undefined) {
    throw new UsageError(
      say`The profile "${projectProfile}" of the project does not name an issuer, so none of your sessions belongs to it.`,
      { hint: 'Name a session with --issuer URL and --client-id ID, or a profile of yours with -p NAME.' },
    );
  }
  const owners = new Map<string, SavedSession>();
  for (const { saved } of await savedSessions(doors)) {
    const suits =
      (given.issuer === undefined || given.issuer === saved.issuer) &&
      (given.clientId === undefined || given.clientId === saved.client_id);
    if (suits) owners.set(sessionFileName(saved.owner), saved);
  }
  const [only, ...others] = owners.values();
  if (only !== undefined && others.length === 0) return only.owner;
  throw new UsageError(
    only === undefined
      ? 'No session was named, and none is saved.'
      : say`No session was named, and ${owners.size} are saved.`,
    {
      hint:
        only === undefined
          ? 'Log in first: oauth-code login --issuer URL --client-id ID. Then -p NAME, or the same two options, name the session.'
          : 'Name one with -p NAME, or with --issuer URL and --client-id ID; oauth-code session list shows them.',
    },
  );
}

/** Reads what a grant hands in; secrets are told to the journal. @throws UsageError, ConfigError, LoginRequiredError */
async function readGrantInputs(type: string, options: OptionReader, run: Settling): Promise<GrantInputs> {
  const { grantRequests } = await import('../client/grant-requests.ts');
  const { read = {}, warning } = grantRequests[type] ?? {};
  const entries = await Promise.all(
    inputsOf(type).map(async (input) => {
      const value = await readInput(type, input, options, run);
      const reader = read[input.option];
      if (reader === undefined || typeof value !== 'string') return [input.option, value] as const;
      const known = reader(value);
      if (known !== undefined) return [input.option, known] as const;
      throw new UsageError(say`${options.source(input.option)} is "${value}".`, {
        hint: own(input.allowed ?? ''),
      });
    }),
  );
  const { stderr } = run.context.terminal;
  if (warning !== undefined && !options.isOn('quiet')) stderr.write(renderWarning('Grant', warning, stderr));
  const { createHash } = await import('node:crypto');
  return {
    values: Object.fromEntries(entries),
    digest: createHash('sha256').update(JSON.stringify(entries)).digest('base64url'),
  };
}

async function readInput(type: string, input: GrantInput, options: OptionReader, run: Settling) {
  const { option, name, plain, placeholder = '', from, without } = input;
  const given = givenOnce(options.strongest(inputOptions(input)), name);
  const source = from !== undefined && given?.name === from ? tokenSource(options, from, name) : undefined;
  const value =
    plain !== undefined
      ? options.list(option).join('\n') || undefined
      : source !== undefined
        ? await (await import('./read-source.ts')).readSource(source, run.context)
        : given && (await readGivenSecret([given], name, options.isOn('quiet'), run.context));
  if (value === undefined) {
    if (without === 'nothing' || (without !== undefined && options.place(without) !== undefined))
      return undefined;
    const ways =
      plain !== undefined
        ? `--${option} ${placeholder.toUpperCase()}`
        : `--${option}-file FILE or --${option}-env NAME`;
    throw new UsageError(
      say`--grant-type ${own(type)} needs ${own(/^[aeio]/.test(name) ? 'an' : 'a')} ${own(name)}.`,
      {
        hint: own(`Add ${ways}${without === undefined ? '' : `; or --${without} FILE, to make one`}.`),
      },
    );
  }
  if (plain === undefined && typeof value === 'string')
    run.journal.secrets.push({ kind: option.replaceAll('-', '_'), value });
  return value;
}
