import { isRepeatable } from '../client/grants.ts';
import { closestName } from '../closest-name.ts';
import type { Context } from '../context.ts';
import { NamedError, UsageError } from '../errors.ts';
import type {
  SessionDocument,
  SessionListDocument,
  SessionSummary,
  SessionUse,
} from '../output/documents.ts';
import { renderJson } from '../output/render-json.ts';
import { renderSession, renderSessionList, sessionProblems } from '../output/render-sessions.ts';
import { own, recall, say } from '../say.ts';
import { withLockIfRoom } from '../sessions/session-lock.ts';
import type { OptionGroups, OptionTable } from '../settings/option-reader.ts';
import { connectionOptions, noInputOptions, plainOutputOptions } from '../settings/options.ts';
import { hasConsent } from '../settings/output-settings.ts';
import { profileKeys } from '../settings/profile-keys.ts';
import { type SavedSessionsSettings, settleSavedSessions } from '../settings/settle-session.ts';
import {
  defaultProfile,
  type LoadedSettings,
  loadSettings,
  type SelectedProfile,
  selectProfile,
} from '../storage/load-settings.ts';
import {
  digest,
  type SavedSession,
  type SessionOwner,
  sessionFileName,
  sessionsFolder,
} from '../storage/session-file.ts';
import {
  type FoundSession,
  keepingOf,
  listSessions,
  listSetAside,
  readSession,
  sessionPath,
  type UnreadableSession,
} from '../storage/session-store.ts';
import { type CommandDefinition, defineGroup, type Invocation } from './command.ts';
import { printDocument } from './print-result.ts';
import { tellLine } from './tell.ts';

type Run = (
  settings: SavedSessionsSettings,
  invocation: Invocation,
  name: string | undefined,
) => Promise<void>;

const output = ['Output:', plainOutputOptions] as const;
const askingOutput = ['Output:', { ...plainOutputOptions, ...noInputOptions }] as const;
const removeOptions: OptionTable = {
  '--all': 'all of them',
  '-y, --yes': 'with --all: do it without asking',
};

const examples = `
Examples:
  $ oauth-code session list
  $ oauth-code session show work
  $ oauth-code session remove 5f0c81aa

NAME is a profile, or the id that the list shows. No tokens are shown here:
"oauth-code token" prints them.`;

function subcommand(description: string, groups: OptionGroups, run: Run): CommandDefinition {
  return {
    description,
    groups,
    action: async ({ settleAlone }, [name]) => run(...(await settleAlone(settleSavedSessions)), name),
  };
}

/** Gives `session` its subcommands. */
export const define = defineGroup('Manage saved sessions.', examples, {
  list: subcommand('Show all saved sessions.', [output], listSavedSessions),
  'show <name>': subcommand('Show one, without its tokens.', [output], showSavedSession),
  'remove [name]': subcommand(
    'Forget one here; the server keeps its tokens valid. See logout --revoke.',
    [['Sessions:', removeOptions], ['Connection:', connectionOptions], askingOutput],
    removeSavedSessions,
  ),
});

/** A session file, whatever stands in it. */
interface Entry {
  readonly id: string;
  readonly name: string;
  readonly found: FoundSession;
}

/** Prints all sessions, without their tokens. */
async function listSavedSessions(_: SavedSessionsSettings, invocation: Invocation): Promise<void> {
  const { context, output } = invocation;
  const entries = await allEntries(invocation);
  const used = await usedAmong(entries, context);
  const document: SessionListDocument = {
    version: 1,
    folder: sessionsFolder(context),
    sessions: entries.flatMap((entry) =>
      entry.found.type === 'session' ? [summaryOf(entry, entry.found.saved, context, used)] : [],
    ),
    unreadable: entries.flatMap(({ id, name, found }) =>
      found.type === 'unreadable' ? [{ id, file: sessionPath(context, name), problem: found.problem }] : [],
    ),
    set_aside: (await listSetAside(context)).map((name) => sessionPath(context, name)),
  };
  if (output.json || entries.length + document.set_aside.length > 0) {
    printDocument(document, renderSessionList, invocation);
  } else if (!output.quiet) {
    tellLine(
      context.terminal.stderr,
      `There are no sessions in ${document.folder}. oauth-code login makes one.`,
    );
  }
}

/** Prints one session, without its tokens. @throws UsageError when it is not there */
async function showSavedSession(
  _: SavedSessionsSettings,
  invocation: Invocation,
  name: string | undefined,
): Promise<void> {
  const { context } = invocation;
  const [entry] = await entriesNamed(name ?? '', invocation);
  if (entry?.found.type === 'unreadable') throw unusable(entry.id, entry.found);
  if (entry?.found.type !== 'session') throw noSuchSession(name ?? '', await allEntries(invocation));
  const { saved } = entry.found;
  const document: SessionDocument = {
    version: 1,
    session: {
      ...summaryOf(entry, saved, context, await usedAmong(await allEntries(invocation), context)),
      token_endpoint: saved.server.token_endpoint,
      auth_method: saved.server.auth_method,
      clock_skew_seconds: saved.clock_skew_seconds,
      refresh_interrupted_at: saved.refresh_interrupted_at ?? null,
    },
  };
  printDocument(document, renderSession, invocation);
}

/** Forgets sessions on this machine. @throws UsageError when one is not there, or several have the name */
async function removeSavedSessions(
  { yes, all, connection }: SavedSessionsSettings,
  invocation: Invocation,
  name: string | undefined,
): Promise<void> {
  const { context, output } = invocation;
  if ((name === undefined) !== all) {
    throw new UsageError(
      name === undefined ? 'No session was named.' : 'A session was named and --all was given.',
      { hint: 'Name one, by profile or by the id that "oauth-code session list" shows, or give --all.' },
    );
  }
  const entries = name === undefined ? await allEntries(invocation) : await entriesNamed(name, invocation);
  if (name !== undefined && entries.length === 0) throw noSuchSession(name, await allEntries(invocation));
  if (name !== undefined && entries.length > 1) {
    throw new UsageError(say`Profile ${name} has ${entries.length} sessions.`, {
      hint: say`Name one by its id: ${entries.map(({ id }) => id).join(', ')}. Or all: oauth-code logout -p ${name} --all`,
    });
  }
  const about = `${entries.length} saved sessions`;
  const loss = { question: `Forget ${about}?`, loss: own(`This forgets ${about}.`) };
  if (name === undefined && entries.length > 0 && !(await hasConsent(yes, invocation, loss))) return;
  for (const entry of entries) await removeEntry(entry.name, invocation);
  const { dropUnusedClients } = await import('./register/withdraw.ts');
  const left = entries.flatMap(({ found }) => (found.type === 'session' ? [found.saved] : []));
  await dropUnusedClients(left, { connection, waived: new Set() }, invocation);
  const { stdout, stderr } = context.terminal;
  if (output.json) {
    const document = { version: 1, removed: entries.map(({ id }) => id) };
    stdout.write(renderJson(document, { pretty: stdout.isTTY, color: stdout.color }));
  } else if (!output.quiet) {
    tellLine(stderr, `Forgot ${entries.length === 1 ? 'one session' : about}.`);
  }
}

async function removeEntry(name: string, { context }: Invocation): Promise<void> {
  const path = sessionPath(context, name);
  await withLockIfRoom(context, path, () => context.files.remove(path));
}

async function allEntries({ context }: Pick<Invocation, 'context'>): Promise<readonly Entry[]> {
  const names = await listSessions(context);
  return Promise.all(
    names.map(async (name) => ({ name, id: idOf(name), found: await readSession(context, name) })),
  );
}

async function entriesNamed(wanted: string, invocation: Invocation): Promise<readonly Entry[]> {
  return (await allEntries(invocation)).filter(
    ({ id, found }) =>
      id === wanted ||
      (found.type === 'session' && found.saved.owner.type === 'profile' && found.saved.owner.name === wanted),
  );
}

function noSuchSession(wanted: string, entries: readonly Entry[]): UsageError {
  const names = entries.flatMap(({ id, found }) =>
    found.type === 'session' && found.saved.owner.type === 'profile' ? [id, found.saved.owner.name] : [id],
  );
  const meant = closestName(wanted, names);
  return new UsageError(say`There is no session "${wanted}".`, {
    hint: say`${own(meant === undefined ? '' : `Did you mean "${meant}"? `)}oauth-code session list shows them all.`,
  });
}

function unusable(id: string, found: UnreadableSession): UsageError {
  const help = 'error' in found ? found.error.hint : undefined;
  return new UsageError(say`Session ${id} cannot be used: ${own(sessionProblems[found.problem])}.`, {
    hint: help === undefined ? say`oauth-code session remove ${id} removes it.` : recall(help),
  });
}

/** Short enough to type; told apart by the name of the file. */
function idOf(name: string): string {
  return digest(name).slice(0, 8);
}

function summaryOf(
  { id, name }: Entry,
  saved: SavedSession,
  context: Invocation['context'],
  used: SessionInUse | undefined,
): SessionSummary {
  return {
    id,
    profile: saved.owner.type === 'profile' ? saved.owner.name : null,
    issuer: saved.issuer,
    client_id: saved.client_id,
    account: saved.account,
    grant_type: saved.grant_type,
    scope: saved.scope,
    resource: saved.requested.resource,
    audience: saved.requested.audience,
    obtained_at: saved.obtained_at,
    expires_at: saved.expires_at,
    renewable: saved.refreshable || isRepeatable(saved.grant_type),
    ...(saved.dpop_jkt === undefined ? {} : { dpop_jkt: saved.dpop_jkt }),
    kept: keepingOf(saved),
    file: sessionPath(context, name),
    in_use: used?.name === name ? used.use : null,
  };
}

/** The file of the session that is used here when none is named, and why it is that one. */
interface SessionInUse {
  readonly name: string;
  readonly use: SessionUse;
}

/** Finds the session that `token` and others would take here without being told which; undefined when none is. */
async function usedAmong(entries: readonly Entry[], context: Context): Promise<SessionInUse | undefined> {
  const chosen = await chosenOwner(context);
  if (chosen === 'none') return undefined;
  if (chosen !== undefined) return { name: sessionFileName(chosen.owner), use: chosen.use };
  const names = entries.flatMap(({ found }) =>
    found.type === 'session' ? [sessionFileName(found.saved.owner)] : [],
  );
  const [only, ...others] = new Set(names);
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
