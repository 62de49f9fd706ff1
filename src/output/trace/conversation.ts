import { parameterValue } from '../../protocol/parameters.ts';
import type { RecordedEvent, RecordedExchange, Recording } from '../../recording/recording.ts';
import { splitUrl } from '../../recording/url-input.ts';
import { callbackParameters, formOf, hostsOf, legsOf, parametersOf, stepName } from './leg.ts';
import { durationText, requestLine } from './message-text.ts';

/** How an arrow or note is meant; `unseen` is what must have happened out of sight. */
export type Tone = 'plain' | 'ok' | 'warn' | 'bad' | 'unseen';

/** A party of the conversation. */
export interface Participant {
  readonly id: string;
  /** May hold foreign text. */
  readonly label: string;
  readonly kind: 'person' | 'client' | 'server';
}

/** One line of a sequence diagram; all text may be foreign. */
export type ConversationItem =
  | {
      readonly type: 'message';
      /** The leg it belongs to; none for what was not seen. */
      readonly leg?: number;
      readonly from: string;
      readonly to: string;
      readonly label: string;
      /** More about it, in a few words. */
      readonly detail: string;
      readonly tone: Tone;
      readonly answers: boolean;
    }
  | { readonly type: 'note'; readonly over: string; readonly text: string; readonly tone: Tone };

/** A trace as a sequence diagram tells it. */
export interface Conversation {
  readonly participants: readonly Participant[];
  readonly items: readonly ConversationItem[];
}

const browser: Participant = { id: 'browser', label: 'Browser', kind: 'person' };
/** A recording that was saved in another way is of another client. */
function clientOf({ recorded_by }: Recording): Participant {
  return { id: 'client', label: recorded_by === '' ? 'Client' : 'oauth-code', kind: 'client' };
}

/** Tells a trace as a conversation between the browser, this client and each server. */
export function readConversation(trace: Recording): Conversation {
  const legs = new Map(legsOf(trace).map((leg) => [leg.event as object, leg.number]));
  const servers = serversOf(trace);
  const askedUrl = trace.events.findLast((event) => event.type === 'authorization_request')?.url;
  const isAnswered = trace.events.some(({ type }) => type === 'callback');
  const told = mergeChecks(trace.events).flatMap((event): ConversationItem[] => {
    const leg = legs.get(event) ?? 0;
    switch (event.type) {
      case 'exchange':
      case 'probe':
        return exchangeItems(event, leg, serverId(servers, event.request?.url ?? ''));
      case 'authorization_request':
        return authorizationItems(event, leg, serverId(servers, event.url), isAnswered);
      case 'callback':
        return callbackItems(event, leg, askedUrl === undefined ? undefined : serverId(servers, askedUrl));
      case 'callback_ignored':
        return [message('browser', 'client', 'Not the answer', { leg, detail: event.reason, tone: 'warn' })];
      case 'page': {
        const [label, tone] =
          event.outcome === 'success'
            ? (['signed in', 'ok'] as const)
            : (['the login failed', 'bad'] as const);
        return [message('client', 'browser', `Page: ${label}`, { leg, tone, answers: true })];
      }
      case 'checks':
        return checkItems(event);
      case 'client':
        return [note(`client ${event.client_id}: ${event.rung}`, 'plain')];
      case 'remark':
        return [note(event.text, 'warn')];
      case 'retry':
        return [note(`${stepName(event.step)}: sent again, ${event.reason}`, 'plain')];
      default:
        return [];
    }
  });
  const { status, error } = trace.outcome;
  const items = error === undefined ? told : [...told, note(endingText(status, error.message), 'bad')];
  const withBrowser = items.some(
    (item) => item.type === 'message' && [item.from, item.to].includes('browser'),
  );
  return { participants: [...(withBrowser ? [browser] : []), clientOf(trace), ...servers], items };
}

/** Checks of one step that are told in several pieces, one after the other, are one note. */
function mergeChecks(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const merged: RecordedEvent[] = [];
  for (const event of events) {
    const last = merged.at(-1);
    if (event.type === 'checks' && last?.type === 'checks' && last.step === event.step) {
      merged[merged.length - 1] = { ...last, checks: [...last.checks, ...event.checks] };
    } else merged.push(event);
  }
  return merged;
}

/** The message's own words are not said twice. */
function endingText(status: Recording['outcome']['status'], text: string): string {
  const word = status === 'cancelled' ? 'Cancelled' : 'Failed';
  return text.startsWith(word) ? text : `${word}: ${text}`;
}

function serversOf(trace: Recording): readonly Participant[] {
  return hostsOf(trace).map((host, index) => ({
    id: `server${index + 1}`,
    label: host || 'server',
    kind: 'server',
  }));
}

function serverId(servers: readonly Participant[], url: string): string {
  const host = splitUrl(url).host || 'server';
  return servers.find(({ label }) => label === host)?.id ?? 'client';
}

function exchangeItems(
  event: RecordedExchange | RecordedEvent<'probe'>,
  leg: number,
  server: string,
): ConversationItem[] {
  const { request, response, error, step } = event;
  const line = requestLine(request, splitUrl(request?.url ?? '').path);
  const sent = message('client', server, line, { leg, detail: summaryOf(event) });
  const took = durationText(event);
  if (response === null) {
    const detail = error?.message ?? took;
    return [sent, message(server, 'client', 'No answer', { leg, detail, tone: 'bad', answers: true })];
  }
  const { status } = response;
  const label = `${status === null ? '' : `${status} `}${stepName(step)}`;
  const tone = (status ?? 0) < 400 ? 'ok' : 'bad';
  return [sent, message(server, 'client', label, { leg, detail: took, tone, answers: true })];
}

function summaryOf({ request, type }: RecordedExchange | RecordedEvent<'probe'>): string {
  if (type === 'probe') return 'asked by oauth-code itself, without cookies';
  const form = formOf(request) ?? [];
  const grant = parameterValue(form, 'grant_type');
  if (grant !== undefined) return `grant_type=${grant}`;
  return form.map(([name]) => name).join(', ');
}

function authorizationItems(
  event: RecordedEvent<'authorization_request'>,
  leg: number,
  server: string,
  isAnswered: boolean,
): ConversationItem[] {
  const { path, query } = splitUrl(event.url);
  const parameters = parametersOf(query);
  const shown = ['response_type', 'scope'].flatMap((name) => {
    const value = parameterValue(parameters, name);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  const references = ['request_uri', 'request'].filter(
    (name) => parameterValue(parameters, name) !== undefined,
  );
  return [
    message('client', 'browser', 'Open the authorization URL', { leg }),
    message('browser', server, `GET ${path}`, { leg, detail: [...shown, ...references].join(', ') }),
    note(
      isAnswered
        ? 'The user signs in here; this is not recorded'
        : 'Nothing came back: whether the user signed in is unknown',
      'unseen',
      server,
    ),
  ];
}

function callbackItems(
  event: RecordedEvent<'callback'>,
  leg: number,
  server: string | undefined,
): ConversationItem[] {
  const { path } = splitUrl(event.url);
  const parameters = callbackParameters(event);
  const failed = parameterValue(parameters, 'error');
  const names = parameters.map(([name]) => name).join(', ');
  const detail =
    failed !== undefined ? `error=${failed}` : event.opened === undefined ? names : `in a JWT: ${names}`;
  const label =
    event.method === 'PASTE' ? 'Pasted answer' : `${event.method === 'POST' ? 'POST' : 'GET'} ${path}`;
  const redirect =
    server === undefined
      ? []
      : [message(server, 'browser', 'Redirect to the redirect URI', { tone: 'unseen', answers: true })];
  const tone = failed === undefined ? 'plain' : 'bad';
  return [...redirect, message('browser', 'client', label, { leg, detail, tone })];
}

function checkItems({ step, checks }: RecordedEvent<'checks'>): ConversationItem[] {
  const failed = checks.filter(({ outcome }) => outcome === 'fail');
  const warned = checks.filter(({ outcome }) => outcome === 'warn');
  const passed = checks.filter(({ outcome }) => outcome === 'pass').length;
  if (failed.length + warned.length + passed === 0) return [];
  const parts = [
    ...failed.map(({ title }) => `FAILED: ${title}`),
    ...warned.map(({ title }) => `warning: ${title}`),
    ...(passed === 0 ? [] : [`${passed} ${passed === 1 ? 'check' : 'checks'} passed`]),
  ];
  const tone = failed.length > 0 ? 'bad' : warned.length > 0 ? 'warn' : 'ok';
  return [note(`${stepName(step)}: ${parts.join(', ')}`, tone)];
}

function note(text: string, tone: Tone, over = 'client'): ConversationItem {
  return { type: 'note', over, text, tone };
}

/** A message that is plain and asks for something, unless it is said. */
function message(
  from: string,
  to: string,
  label: string,
  more: Partial<Extract<ConversationItem, { type: 'message' }>>,
): ConversationItem {
  return { type: 'message', from, to, label, detail: '', tone: 'plain', answers: false, ...more };
}
