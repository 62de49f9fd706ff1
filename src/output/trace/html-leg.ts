import type { HeaderList } from '../../http-message.ts';
import type { Parameters } from '../../protocol/parameters.ts';
import type { RecordedEvent, RecordedExchange, RecordedWire } from '../../recording/recording.ts';
import { splitUrl } from '../../recording/url-input.ts';
import { formatDuration } from '../time.ts';
import { html, htmlBlock, htmlDetails, htmlPart, htmlRows } from './html-parts.ts';
import { formOf, type Leg, legName, parametersOf } from './leg.ts';
import { readableBody } from './message-text.ts';
import { parameterMeaning } from './parameter-meaning.ts';
import { shownMoment } from './trace-headline.ts';
import { durationText, requestLine, statusText } from './unrecorded.ts';

/** One leg of the conversation as a line that unfolds into all that is known of it. */
export function renderHtmlLeg(leg: Leg, open: boolean): string {
  const { event } = leg;
  const line = (tone: string, what: string, outcome: string) =>
    `<span class="number">${leg.number}</span><span class="name">${html(legName(leg))}</span>` +
    `<code class="what">${html(what)}</code><span class="pill ${tone}">${html(outcome)}</span>`;
  const id = `leg-${leg.number}`;
  switch (event.type) {
    case 'exchange': {
      const { request, response } = event;
      const tone = response !== null && (response.status ?? 0) < 400 ? 'ok' : 'bad';
      const outcome = `${response === null ? 'no answer' : statusText(response)} · ${durationText(event)}`;
      return htmlDetails(id, line(tone, requestLine(request), outcome), exchangeContent(event), open);
    }
    case 'authorization_request':
      return htmlDetails(
        id,
        line('plain', event.url, 'in the browser'),
        `<p>The browser was sent to this address. What the person saw and did there is between them and the server.</p>` +
          htmlPart('URL', htmlBlock(event.url)) +
          htmlPart('Parameters', parameterRows(parametersOf(splitUrl(event.url).query))),
        open,
      );
    case 'callback': {
      const failed = callbackParameters(event).some(([name]) => name === 'error');
      return htmlDetails(
        id,
        line(failed ? 'bad' : 'ok', event.url, `${event.method} · after ${formatDuration(event.waited_ms)}`),
        htmlPart('URL', htmlBlock(event.url)) +
          htmlPart('Parameters', parameterRows(callbackParameters(event))),
        open,
      );
    }
    case 'callback_ignored':
      return htmlDetails(id, line('warn', event.reason, 'ignored'), `<p>${html(event.reason)}</p>`, open);
    case 'page': {
      const done = event.outcome === 'success';
      const words = done
        ? 'The browser was told that the person is signed in.'
        : 'The browser was told that the login failed.';
      return htmlDetails(
        id,
        line(done ? 'ok' : 'bad', 'What the browser was shown last', event.outcome),
        `<p>${words}</p>`,
        open,
      );
    }
  }
}

function callbackParameters({ url, body }: RecordedEvent<'callback'>): Parameters {
  const { query, fragment } = splitUrl(url);
  return parametersOf(body ?? (query === '' ? fragment : query));
}

function parameterRows(parameters: Parameters): string {
  return htmlRows(
    parameters.map(([name, value]) => {
      const note = parameterMeaning(name);
      return { name, value, ...(note === undefined ? {} : { note }) };
    }),
  );
}

function headerRows(headers: HeaderList): string {
  return htmlRows(headers.map(([name, value]) => ({ name, value })));
}

function exchangeContent(event: RecordedExchange): string {
  const { request, response, error, wire } = event;
  const query = parametersOf(splitUrl(request?.url ?? '').query);
  const form = formOf(request);
  const sent =
    htmlBlock(requestLine(request)) +
    (request?.body === null ? '<p>The body was not recorded.</p>' : '') +
    htmlPart('Query', parameterRows(query)) +
    htmlPart('Header fields', headerRows(request?.headers ?? [])) +
    (form === undefined
      ? htmlPart('Body', htmlBlock(readableBody(request?.body ?? '')))
      : htmlPart('Form', parameterRows(form)));
  const received =
    response === null
      ? `<p class="bad">${html(error?.message ?? 'No answer came.')}</p>`
      : `<p>Status <strong>${response.status === null ? 'not recorded' : response.status}</strong></p>` +
        htmlPart('Header fields', headerRows(response.headers ?? [])) +
        htmlPart('Body', htmlBlock(readableBody(response.body ?? '')));
  return (
    `<section><h3>Request</h3>${sent}</section>` +
    `<section><h3>Response</h3>${received}</section>` +
    `<section><h3>Connection</h3>${connection(event, wire)}</section>`
  );
}

function connection(event: RecordedExchange, wire: RecordedWire | undefined): string {
  const rows = [
    ['Started', shownMoment(event.started_at)],
    ['Took', durationText(event)],
    [
      'Connection',
      wire === undefined ? undefined : wire.reused ? 'kept alive from an earlier message' : 'new',
    ],
    ['Other end', wire?.remote_address],
    ['Proxy', wire?.proxy],
    ...tlsRows(wire?.tls),
  ] as const;
  return (
    timeBar(event) +
    htmlRows(rows.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [{ name, value }])))
  );
}

function tlsRows(
  tls: NonNullable<RecordedWire['tls']> | undefined,
): readonly (readonly [string, string | undefined])[] {
  if (tls === undefined) return [['TLS', 'none']];
  const { certificate } = tls;
  return [
    ['TLS', `${tls.protocol}, ${tls.cipher}`],
    ['Certificate', certificate?.subject],
    ['Issued by', certificate?.issuer],
    ['For', certificate?.names],
    [
      'Valid',
      certificate && `${shownMoment(certificate.valid_from)} to ${shownMoment(certificate.valid_to)}`,
    ],
    ['SHA-256', certificate?.fingerprint],
  ];
}

/** Where the time of an exchange went, as a bar with its legend. */
function timeBar({ wire, duration_ms }: RecordedExchange): string {
  if (wire?.first_byte_after_ms === undefined || duration_ms === null || duration_ms <= 0) return '';
  const made = (wire.dns_ms ?? 0) + (wire.connect_ms ?? 0) + (wire.tls_ms ?? 0);
  const ready = Math.max(made, wire.sent_after_ms ?? 0);
  const parts = [
    ['dns', 'DNS', wire.dns_ms ?? 0],
    ['connect', 'TCP', wire.connect_ms ?? 0],
    ['tls', 'TLS', wire.tls_ms ?? 0],
    ['other', 'preparing', ready - made],
    ['wait', 'waiting for the server', wire.first_byte_after_ms - ready],
    ['receive', 'receiving', duration_ms - wire.first_byte_after_ms],
  ] as const;
  const seen = parts.filter(([, , ms]) => ms >= 0.05);
  const total = seen.reduce((sum, [, , ms]) => sum + ms, 0);
  let x = 0;
  const bars = seen.map(([kind, , ms]) => {
    const width = (ms / total) * 1000;
    const bar = `<rect class="${kind}" x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="10"/>`;
    x += width;
    return bar;
  });
  const legend = seen.map(([kind, name, ms]) => `<li class="${kind}">${name} ${formatParts(ms)}</li>`);
  return (
    `<svg class="times" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${bars.join('')}</svg>` +
    `<ul class="legend">${legend.join('')}</ul>`
  );
}

function formatParts(ms: number): string {
  return ms < 9.95 ? `${ms.toFixed(1)} ms` : formatDuration(ms);
}
