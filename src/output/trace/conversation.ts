import { parameterValue } from '../../protocol/parameters.ts';
import type { RecordedEvent, RecordedExchange, Recording } from '../../recording/recording.ts';
import { splitUrl } from '../../recording/url-input.ts';
import { formOf, type Leg, legsOf, parametersOf, stepName } from './leg.ts';
import { durationText, requestLine } from './message-text.ts';

/** How an arrow or note is meant; `unseen` is what must have happened out of sight. */
export type Tone = 'plain' | 'ok' | 'warn' | 'bad' | 'unseen';

/** Who takes part. */
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
/** What was saved in another way is the conversation of another client. */
function clientOf({ recorded_by }: Recording): Participant {
  return { id: 'client', label: recorded_by === '' ? 'Client' : 'oauth-code', kind: 'client' };
}

/** Tells a trace as a conversation between the browser, this client and each server. */
export function readConversation(trace: Recording): Conversation {
  const legs = new Map(legsOf(trace).map((leg) => [leg.event as object, leg]));
  const servers = serversOf(trace);
  const isAnswered = trace.events.some(({ type }) => type === 'callback');
  const items = mergeChecks(trace.events).flatMap((event): ConversationItem[] => {
    const leg = legs.get(event);
    switch (event.type) {
      case 'exchange':
        return exchangeItems(event, numberOf(leg), serverId(servers, event.request?.url ?? ''));
      case 'authorization_request':
        return authorizationItems(event, numberOf(leg), serverId(servers, event.url), isAnswered);
      case 'callback':
        return callbackItems(event, numberOf(leg), authorizationServer(trace, servers));
      case 'callback_ignored':
        return [message(leg?.number, 'browser', 'client', 'Not the answer', event.reason, 'warn', false)];
      case 'page': {
        const label = event.outcome === 'success' ? 'Page: signed in' : 'Page: the login failed';
        return [
          message(
            leg?.number,
            'client',
            'browser',
            label,
            '',
            event.outcome === 'success' ? 'ok' : 'bad',
            true,
          ),
        ];
      }
      case 'checks':
        return checkItems(event);
      case 'remark':
        return [{ type: 'note', over: 'client', text: event.text, tone: 'warn' }];
      default:
        return [];
    }
  });
  const { error } = trace.outcome;
  const ending: ConversationItem[] =
    error === undefined
      ? []
      : [
          {
            type: 'note',
            over: 'client',
            text: endingText(trace.outcome.status, error.message),
            tone: 'bad',
          },
        ];
  const withBrowser = items.some(
    (item) => item.type === 'message' && [item.from, item.to].includes('browser'),
  );
  return {
    participants: [...(withBrowser ? [browser] : []), clientOf(trace), ...servers],
    items: [...items, ...ending],
  };
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

/** What the message says by itself is not said twice. */
function endingText(status: Recording['outcome']['status'], text: string): string {
  const word = status === 'cancelled' ? 'Cancelled' : 'Failed';
  return text.startsWith(word) ? text : `${word}: ${text}`;
}

function numberOf(leg: Leg | undefined): number {
  return leg?.number ?? 0;
}

function serversOf({ events }: Recording): readonly Participant[] {
  const urls = events.flatMap((event) => {
    if (event.type === 'exchange') return [event.request?.url ?? ''];
    return event.type === 'authorization_request' ? [event.url] : [];
  });
  const hosts = [...new Set(urls.map((url) => splitUrl(url).host))];
  return hosts.map((host, index) => ({ id: `server${index + 1}`, label: host || 'server', kind: 'server' }));
}

function serverId(servers: readonly Participant[], url: string): string {
  const host = splitUrl(url).host || 'server';
  return servers.find(({ label }) => label === host)?.id ?? 'client';
}

function authorizationServer({ events }: Recording, servers: readonly Participant[]): string | undefined {
  const request = events.findLast((event) => event.type === 'authorization_request');
  return request?.type === 'authorization_request' ? serverId(servers, request.url) : undefined;
}

function exchangeItems(event: RecordedExchange, leg: number, server: string): ConversationItem[] {
  const { request, response, error } = event;
  const sent = message(
    leg,
    'client',
    server,
    requestLine(request, splitUrl(request?.url ?? '').path),
    summaryOf(event),
    'plain',
    false,
  );
  const took = durationText(event);
  if (response === null) {
    return [sent, message(leg, server, 'client', 'No answer', error?.message ?? took, 'bad', true)];
  }
  const tone = (response.status ?? 0) < 400 ? 'ok' : 'bad';
  return [
    sent,
    message(
      leg,
      server,
      'client',
      `${response.status === null ? '' : `${response.status} `}${stepName(event.step)}`,
      took,
      tone,
      true,
    ),
  ];
}

function summaryOf({ request }: RecordedExchange): string {
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
  return [
    message(leg, 'client', 'browser', 'Open the authorization URL', '', 'plain', false),
    message(leg, 'browser', server, `GET ${path}`, shown.join(', '), 'plain', false),
    {
      type: 'note',
      over: server,
      text: isAnswered
        ? 'The person signs in here, out of our sight'
        : 'Whether anybody came here cannot be seen: nothing came back',
      tone: 'unseen',
    },
  ];
}

function callbackItems(
  event: RecordedEvent<'callback'>,
  leg: number,
  server: string | undefined,
): ConversationItem[] {
  const { path, query, fragment } = splitUrl(event.url);
  const encoded = event.body ?? (fragment === '' ? query : fragment);
  const parameters = parametersOf(encoded);
  const failed = parameterValue(parameters, 'error');
  const detail = failed === undefined ? parameters.map(([name]) => name).join(', ') : `error=${failed}`;
  const label =
    event.method === 'PASTE' ? 'Pasted answer' : `${event.method === 'POST' ? 'POST' : 'GET'} ${path}`;
  const redirect: ConversationItem[] =
    server === undefined
      ? []
      : [message(undefined, server, 'browser', 'Redirect to the redirect URI', '', 'unseen', true)];
  return [
    ...redirect,
    message(leg, 'browser', 'client', label, detail, failed === undefined ? 'plain' : 'bad', false),
  ];
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
  return [{ type: 'note', over: 'client', text: `${stepName(step)}: ${parts.join(', ')}`, tone }];
}

function message(
  leg: number | undefined,
  from: string,
  to: string,
  label: string,
  detail: string,
  tone: Tone,
  answers: boolean,
): ConversationItem {
  return { type: 'message', from, to, label, detail, tone, answers, ...(leg === undefined ? {} : { leg }) };
}
