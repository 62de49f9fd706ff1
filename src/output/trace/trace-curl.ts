import { type HeaderList, headerValue } from '../../http-message.ts';
import type { RecordedExchange, RecordedRequest, Recording } from '../../recording/recording.ts';
import { splitUrl } from '../../recording/url-input.ts';
import { inertText } from '../terminal-text.ts';
import { formatDuration } from '../time.ts';
import { type Leg, legName, legsOf } from './leg.ts';
import { shellWord } from './shell-text.ts';
import { traceHeadline } from './trace-headline.ts';

/** Fields that curl makes itself from the rest of the command. */
const madeByCurl = new Set(['content-length', 'connection', 'transfer-encoding', 'expect']);
/** Fields that curl adds unless it is told not to. */
const addedByCurl = ['user-agent', 'accept', 'content-type'];
const token = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * A trace as a POSIX shell script of curl commands, one for each request, ending in a line feed. Secrets are
 * variables that the script asks for. Nothing in a trace can make it do more than send requests over HTTP.
 */
export function renderTraceCurl(trace: Recording): string {
  const variables = new Map<string, string>();
  const legs = legsOf(trace).filter(
    ({ event }) => event.type !== 'page' && event.type !== 'callback_ignored',
  );
  const body = legs.flatMap((leg) => ['', ...renderLeg(leg, (name, kind) => variables.set(name, kind))]);
  const needed = [...variables].map(([name, kind]) => `: "\${${name}:?set it to ${meaningOf(kind)}}"`);
  return [
    '#!/bin/sh',
    `# ${inertText(traceHeadline(trace).text)}`,
    '# For a POSIX shell; on Windows: Git Bash or WSL. Each command repeats one request.',
    '# A code, a state or an assertion is good only once: replace those first.',
    ...(provesByCertificate(trace)
      ? ['# The client proves itself by a TLS certificate: add --cert FILE --key FILE to the commands.']
      : []),
    ...(variables.size === 0
      ? []
      : [
          '# Secrets are variables, written as they go over the wire: percent-encoded in a form or a URL.',
          `# Run it as: ${[...variables.keys()].map((name) => `${name}=...`).join(' ')} sh FILE`,
        ]),
    ...(trace.secrets === 'shown' ? ['# This file holds tokens and other secrets.'] : []),
    ...(needed.length === 0 ? [] : ['', ...needed]),
    ...body,
    '',
  ].join('\n');
}

function meaningOf(kind: string): string {
  return kind === 'basic_credentials'
    ? 'the base64 of client_id:client_secret'
    : `the ${kind.replace(/[^\w .-]/g, '')} as it goes over the wire`;
}

/** RFC 8705 §2: what the connection does to prove the client is in no header field. */
function provesByCertificate({ events }: Recording): boolean {
  return events.some(
    (event) => event.type === 'client_authentication' && /tls_client_auth$/.test(event.method),
  );
}

type OnVariable = (name: string, kind: string) => void;

function renderLeg(leg: Leg, onVariable: OnVariable): readonly string[] {
  const title = `# ${leg.number}. ${inertText(legName(leg))}`;
  const { event } = leg;
  switch (event.type) {
    case 'exchange':
      return [`${title}: ${answerOf(event)}`, ...renderRequest(event.request, onVariable)];
    case 'authorization_request':
      return [`${title}: open in a browser`, `printf '%s\\n' ${shellWord(event.url, onVariable)}`];
    case 'callback':
      return [
        `${title}: came through the browser`,
        `# ${event.method === 'POST' ? 'POST' : 'GET'} ${inertText(event.url)}`,
      ];
    default:
      return [title];
  }
}

function answerOf(event: RecordedExchange): string {
  const { response, error } = event;
  if (response === null) return `no answer (${inertText(error?.message ?? 'unknown')})`;
  const status = response.status === null ? 'answered' : `answered with ${response.status}`;
  return event.duration_ms === null ? status : `${status} after ${formatDuration(event.duration_ms)}`;
}

function renderRequest(request: RecordedRequest | null, onVariable: OnVariable): readonly string[] {
  if (request === null) return ['# Left out: the request was not recorded.'];
  const { method, url, body } = request;
  const { host } = splitUrl(url);
  if (!/^https?:\/\//i.test(url) || !token.test(method) || host === '') {
    return ['# Left out: it is not an HTTP request that could be repeated.'];
  }
  const word = (text: string) => shellWord(text, onVariable);
  const parts = [
    // Neither other protocols nor patterns: a URL is one address. A line feed keeps two answers apart.
    String.raw`curl --include --globoff --write-out '\n' --proto '=http,https' --request ${word(method)}`,
    `--url ${word(url)}`,
    ...headerParts(request, host).map((field) => `--header ${word(field)}`),
    ...(body === undefined ? [] : [`--data-raw ${word(body ?? missingBody)}`]),
  ];
  const lines = parts.map(
    (part, index) => `${index === 0 ? '' : '  '}${part}${index < parts.length - 1 ? ' \\' : ''}`,
  );
  return body === null ? ['# The body was not recorded: the script asks for it.', ...lines] : lines;
}

/** A variable like those of secrets. */
const missingBody = '‹body›';

/** `Name;` sends a field without a value, `Name:` keeps curl from adding it. */
function headerParts({ headers, body }: RecordedRequest, host: string): readonly string[] {
  const sent = headers
    .filter(([name]) => token.test(name))
    // A host of its own goes elsewhere than the URL says.
    .filter(([name, value]) =>
      /^host$/i.test(name) ? value.toLowerCase() !== host.toLowerCase() : !madeByCurl.has(name.toLowerCase()),
    )
    .map(([name, value]) => {
      const shown = basicCredentials(name, value.replaceAll(/[\r\n\0]/g, ' '));
      return shown.trim() === '' ? `${name};` : `${name}: ${shown}`;
    });
  const unwanted = addedByCurl
    .filter((name) => body !== undefined || name !== 'content-type')
    .filter((name) => headerValue(headers as HeaderList, name) === undefined);
  return [...sent, ...unwanted.map((name) => `${name}:`)];
}

/** The credentials of `Basic` are more than the secret that their placeholder is named after (RFC 7617 §2). */
function basicCredentials(name: string, value: string): string {
  if (name.toLowerCase() !== 'authorization') return value;
  return value.replace(/^(basic\s+)‹[^‹›]*›$/i, '$1‹basic_credentials›');
}
