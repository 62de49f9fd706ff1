import type { SessionDocument, SessionListDocument, SessionSummary } from './documents.ts';
import { type Row, renderHeading, renderRows } from './layout.ts';
import { formatMomentAndDistance, formatRelative } from './time.ts';
import { createStyle, type View } from './view.ts';

const problems = {
  torn: 'damaged',
  foreign: 'no session of oauth-code',
  newer: 'made by a newer oauth-code',
} as const;

/** All sessions as text: whose, for what, how long still. */
export function renderSessionList(
  { sessions, unreadable, set_aside }: SessionListDocument,
  view: View,
): string {
  const style = createStyle(view);
  const lines = [
    ...sessions.flatMap((session) => [
      ...renderHeading(titleOf(session), { text: session.id }, view, style),
      ...renderRows(
        [
          ...(session.profile === null ? [] : [{ name: 'Client', value: clientOf(session) }]),
          ...accountRow(session),
          { name: 'Scope', value: session.scope.join(' ') || 'none' },
          ...audienceRows(session),
          stateRow(session, view),
          ...useRow(session),
        ],
        view,
        style,
      ),
    ]),
    ...(unreadable.length === 0 ? [] : renderHeading('Unreadable', undefined, view, style)),
    ...renderRows(
      unreadable.map(({ id, file, problem }) => ({
        name: id,
        value: `${file}: ${problems[problem]}`,
        tone: 'bad',
      })),
      view,
      style,
    ),
    ...(set_aside.length === 0 ? [] : renderHeading('Set aside', undefined, view, style)),
    ...set_aside.map((file) => `  ${file}`),
  ];
  // Every section begins with an empty line; the text does not.
  return `${lines.slice(1).join('\n')}\n`;
}

/** One session as text. */
export function renderSession({ session }: SessionDocument, view: View): string {
  const style = createStyle(view);
  const rows: Row[] = [
    { name: 'Id', value: session.id },
    ...(session.profile === null ? [] : [{ name: 'Profile', value: session.profile }]),
    { name: 'Issuer', value: session.issuer ?? 'none' },
    { name: 'Client', value: session.client_id },
    ...accountRow(session),
    { name: 'Grant', value: session.grant_type.replaceAll('_', ' ') },
    { name: 'Scope', value: session.scope.join(' ') || 'none' },
    ...audienceRows(session),
    ...useRow(session),
    { name: 'Issued', value: formatMomentAndDistance(new Date(session.obtained_at), view) },
    {
      name: 'Expires',
      value:
        session.expires_at === null
          ? 'not said by the server'
          : formatMomentAndDistance(new Date(session.expires_at), view),
    },
    { name: 'Renewable', value: session.renewable ? 'yes, without a person' : 'no: a person has to log in' },
    ...(session.refresh_interrupted_at === null
      ? []
      : [
          {
            name: 'Interrupted',
            value: `a refresh ${formatRelative(new Date(session.refresh_interrupted_at), view.now)}; its answer was not saved`,
            tone: 'warn' as const,
          },
        ]),
    { name: 'Token endpoint', value: session.token_endpoint },
    { name: 'Authentication', value: session.auth_method },
    ...(session.clock_skew_seconds === 0
      ? []
      : [
          { name: 'Clock skew', value: `${session.clock_skew_seconds} s`, note: 'server minus this machine' },
        ]),
    { name: 'Kept', value: session.kept === 'file' ? 'not encrypted' : 'encrypted, key in the keychain' },
    { name: 'File', value: session.file },
  ];
  return `${renderRows(rows, view, style, 0).join('\n')}\n`;
}

function titleOf({ profile, issuer, client_id }: SessionSummary): string {
  return profile ?? `${client_id} at ${issuer ?? 'a server without issuer'}`;
}

function clientOf({ issuer, client_id }: SessionSummary): string {
  return issuer === null ? client_id : `${client_id} at ${issuer}`;
}

function accountRow({ account }: SessionSummary): Row[] {
  if (account === null) return [];
  const { name, sub } = account;
  return [{ name: 'Account', value: name === null || name === sub ? sub : `${name} (${sub})` }];
}

function audienceRows({ resource, audience }: SessionSummary): Row[] {
  return [
    ...(resource.length === 0 ? [] : [{ name: 'Resource', value: resource.join('\n') }]),
    ...(audience === null ? [] : [{ name: 'Audience', value: audience }]),
  ];
}

const uses = {
  variable: 'here, by variables of the environment',
  project: 'here, by the default profile of the project',
  default_profile: 'by the default profile',
  only_session: 'as the only session',
} as const;

function useRow({ in_use }: SessionSummary): Row[] {
  return in_use === null ? [] : [{ name: 'In use', value: uses[in_use] }];
}

function stateRow({ expires_at, renewable, kept }: SessionSummary, view: View): Row {
  const where = kept === 'file' ? 'not encrypted' : 'encrypted';
  if (expires_at === null) return { name: 'Token', value: `no known end, ${where}` };
  const at = new Date(expires_at);
  const isOver = at.getTime() <= view.now.getTime();
  const when = `${isOver ? 'expired' : 'expires'} ${formatRelative(at, view.now)}`;
  const then = renewable ? 'renewed when asked for' : 'then a person has to log in';
  return {
    name: 'Token',
    value: `${when}, ${then}, ${where}`,
    ...(isOver && !renewable ? { tone: 'warn' as const } : {}),
  };
}
