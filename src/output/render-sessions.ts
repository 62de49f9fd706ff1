import type { SessionDocument, SessionListDocument, SessionSummary } from './documents.ts';
import { createLayout, joinLines, rowsOf } from './layout.ts';
import { formatMomentAndDistance, formatRelative } from './time.ts';
import type { View } from './view.ts';

/** Why a session cannot be used. */
export const sessionProblems = {
  torn: 'damaged',
  foreign: 'not a session of oauth-code',
  newer: 'made by a newer oauth-code',
  untrusted: 'others can change it',
  unusable: 'it cannot be read',
} as const;

const uses = {
  variable: 'here, by variables of the environment',
  project: 'here, by the default profile of the project',
  default_profile: 'by the default profile',
  only_session: 'as the only session',
} as const;

/** All sessions as text: the account, what it may do, how long its token is valid; the one in use is marked. */
export function renderSessionList(
  { sessions, unreadable, set_aside }: SessionListDocument,
  view: View,
): string {
  const layout = createLayout(view);
  // Sessions that are for no resource need no column for it.
  const isNamed = sessions.some((session) => targetOf(session) !== '');
  const rows = sessions.map((session) => ({
    cells: [
      session.profile ?? `${session.client_id} at ${session.issuer ?? 'a server without issuer'}`,
      accountOf(session) ?? 'none',
      session.scope.join(' ') || 'none',
      ...(isNamed ? [targetOf(session)] : []),
      tokenState(session, view),
      session.id,
    ],
    ...(session.in_use === null ? {} : { lead: layout.mark('pass') }),
  }));
  const names = ['session', 'account', 'scope', ...(isNamed ? ['for'] : []), 'token', 'id'];
  const inUse = sessions.find(({ in_use }) => in_use !== null);
  const broken = unreadable.map(({ id, file, problem }) => ({
    cells: [id, sessionProblems[problem], file],
    lead: layout.mark('fail'),
  }));
  const lines = [
    ...(rows.length === 0 ? [] : ['', ...layout.table(names, rows)]),
    ...(inUse === undefined
      ? []
      : layout.paragraph(`The marked one is in use: oauth-code session show ${inUse.id} says why.`, {
          paint: layout.dim,
        })),
    ...(broken.length === 0
      ? []
      : [...layout.heading('Unreadable'), ...layout.table(['id', 'problem', 'file'], broken)]),
    ...(set_aside.length === 0 ? [] : layout.heading('Set aside')),
    ...set_aside.map((file) => `  ${file}`),
  ];
  // Every section begins with an empty line; the text does not.
  return joinLines(lines.slice(1));
}

/** One session as text. */
export function renderSession({ session }: SessionDocument, view: View): string {
  const { expires_at, refresh_interrupted_at: interruptedAt, clock_skew_seconds: skew } = session;
  const moment = (at: string) => formatMomentAndDistance(new Date(at), view.now);
  const rows = rowsOf(
    ['Id', session.id],
    ['Profile', session.profile],
    ['Issuer', session.issuer ?? 'none'],
    ['Client', session.client_id],
    ['Account', accountOf(session)],
    ['Grant', session.grant_type.replaceAll('_', ' ')],
    ['Scope', session.scope.join(' ') || 'none'],
    ['Resource', session.resource.join('\n') || null],
    ['Audience', session.audience],
    ['In use', useOf(session)],
    ['Issued', moment(session.obtained_at)],
    ['Expires', expires_at === null ? 'not given by the server' : moment(expires_at)],
    ['Bound to key', session.dpop_jkt && `${session.dpop_jkt} (DPoP)`],
    ['Renewable', session.renewable ? 'yes, without a person' : 'no: a person has to log in'],
    [
      'Interrupted',
      interruptedAt &&
        `a refresh ${formatRelative(new Date(interruptedAt), view.now)}; its answer was not saved`,
      { tone: 'warn' },
    ],
    ['Token endpoint', session.token_endpoint],
    ['Authentication', session.auth_method],
    ['Clock skew', skew === 0 ? null : `${skew} s`, { note: 'server minus this machine' }],
    ['Kept', session.kept === 'file' ? 'not encrypted' : 'encrypted, key in the keychain'],
    ['File', session.file],
  );
  return joinLines(createLayout(view).rows(rows, 0));
}

function accountOf({ account }: SessionSummary): string | null {
  const { name = null, sub } = account ?? {};
  return sub === undefined ? null : name === null || name === sub ? sub : `${name} (${sub})`;
}

/** What the token is for, by the request for it. */
function targetOf({ resource, audience }: SessionSummary): string {
  return [...resource, ...(audience === null ? [] : [audience])].join(', ');
}

function useOf({ in_use }: SessionSummary): string | null {
  return in_use === null ? null : uses[in_use];
}

function tokenState({ expires_at, renewable }: SessionSummary, { now }: View): string {
  if (expires_at === null) return 'expiry unknown';
  const at = new Date(expires_at);
  const when = `${at <= now ? 'expired' : 'expires'} ${formatRelative(at, now)}`;
  return renewable ? `${when}, renewable` : when;
}
