import { UsageError } from '../errors.ts';
import { shellWord } from '../output/trace/shell-text.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { settleScope, settleServer } from '../settings/settle-server.ts';
import type { WantedSession } from '../storage/find-session.ts';
import {
  type Freshness,
  type SavedSession,
  type SessionOwner,
  sessionFileName,
} from '../storage/session-file.ts';
import { listSessions, readSession, type SessionDoors } from '../storage/session-store.ts';

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
  const owner =
    ownerOf(options.profile, issuer ?? given.token_endpoint, clientId) ??
    (await onlyOwner(doors, { issuer, clientId }));
  return {
    owner,
    issuer,
    clientId,
    tokenEndpoint: given.token_endpoint,
    account: options.text('account'),
    grantType: options.text('grant-type'),
    audience: options.text('audience'),
    scope: settleScope(options),
    resource: options.list('resource'),
  };
}

/** The owner of a session: the profile, else the client at its server; undefined when neither is known. */
export function ownerOf(
  profile: string | undefined,
  issuer: string | undefined,
  clientId: string | undefined,
): SessionOwner | undefined {
  if (profile !== undefined) return { type: 'profile', name: profile };
  return issuer === undefined || clientId === undefined ? undefined : { type: 'client', issuer, clientId };
}

/** An owner as messages call it. */
export function ownerName(owner: SessionOwner): string {
  return owner.type === 'profile' ? `profile ${owner.name}` : `client ${owner.clientId} at ${owner.issuer}`;
}

/** The command line that prints the token of a session. */
export function tokenCommand(owner: SessionOwner): string {
  return ['oauth-code token', ...ownerWords(owner)].join(' ');
}

/** The command line that logs in for a session. */
export function loginCommand(owner: SessionOwner, { scope, resource }: Partial<WantedSession> = {}): string {
  return [
    'oauth-code login',
    ...ownerWords(owner),
    ...(scope === undefined || scope.length === 0 ? [] : ['--scope', `"${scope.join(' ')}"`]),
    ...(resource ?? []).flatMap((uri) => ['--resource', shellWord(uri)]),
  ].join(' ');
}

function ownerWords(owner: SessionOwner): readonly string[] {
  return owner.type === 'profile'
    ? ['-p', owner.name]
    : ['--issuer', shellWord(owner.issuer), '--client-id', shellWord(owner.clientId)];
}

/** Tells whether a run asks for what the settings of its profile ask for, without options of its own. */
export function isPlain(options: OptionReader): boolean {
  const names = ['issuer', 'metadata-url', 'token-endpoint', 'client-id', 'scope', 'resource', 'audience'];
  return !names.some((name) => /^(flag|variable)$/.test(options.place(name) ?? ''));
}

/** Settings of a profile that a renewal needs and a session does not hold. */
const renewalSettings = [
  'ca-file',
  'cert',
  'key',
  'proxy',
  'timeout',
  'clock-tolerance',
  'signing-key',
  'assertion-from',
  'token-param',
  'no-verify',
];

/**
 * Tells whether a session can be renewed with what it holds itself: no setting of its profile has a say in that, and
 * it knows where the client secret is when there is one.
 */
export function isQuick(
  options: OptionReader,
  { auth_method }: Pick<SavedSession['server'], 'auth_method'>,
  secretFrom: SavedSession['secret_from'],
): boolean {
  const hasSay = renewalSettings.some((name) => /^(profile|project)$/.test(options.place(name) ?? ''));
  const hasSecret =
    auth_method === 'none' || (/^client_secret_(basic|post)$/.test(auth_method) && secretFrom !== undefined);
  return !hasSay && hasSecret;
}

/** How good the token has to be. @throws UsageError */
export function settleFreshness(options: OptionReader): Freshness {
  const limits = { min: 0, max: 315_360_000 };
  // In a profile and in its variable max_age is about the person, not about the token.
  const isAboutToken = options.place('max-age') === 'flag';
  return {
    minValiditySeconds: options.number('min-validity', limits),
    maxAgeSeconds: isAboutToken ? options.number('max-age', limits) : undefined,
  };
}

async function onlyOwner(
  doors: SessionDoors,
  given: { readonly issuer: string | undefined; readonly clientId: string | undefined },
): Promise<SessionOwner> {
  const owners = new Map<string, SavedSession>();
  for (const name of await listSessions(doors)) {
    const found = await readSession(doors, name);
    if (found.type !== 'session') continue;
    const { saved } = found;
    const suits =
      (given.issuer === undefined || given.issuer === saved.issuer) &&
      (given.clientId === undefined || given.clientId === saved.client_id);
    if (suits) owners.set(sessionFileName(saved.owner), saved);
  }
  const [only, ...others] = owners.values();
  if (only !== undefined && others.length === 0) return only.owner;
  throw new UsageError(
    only === undefined
      ? 'No session was named, and none is saved that it could be.'
      : `No session was named, and there are ${owners.size} it could be.`,
    {
      hint:
        only === undefined
          ? 'Log in first: oauth-code login --issuer URL --client-id ID. Then -p NAME, or the same two options, name the session.'
          : 'Name one with -p NAME, or with --issuer URL and --client-id ID; oauth-code session list shows them.',
    },
  );
}
