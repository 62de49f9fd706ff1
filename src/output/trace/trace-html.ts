import type { HeaderList } from '../../http-message.ts';
import { escapeHtml } from '../../protocol/markup.ts';
import { parameterMeaning } from '../../protocol/parameter-meanings.ts';
import type { Parameters } from '../../protocol/parameters.ts';
import {
  checksOf,
  type Outcome,
  type RecordedCheck,
  type RecordedDiagnosis,
  type RecordedExchange,
  type RecordedToken,
  type RecordedWire,
  type Recording,
  unknownMoment,
} from '../../recording/recording.ts';
import { splitUrl } from '../../recording/url-input.ts';
import { claimRows, headerRows } from '../claim-rows.ts';
import { renderHtmlDocument } from '../html-document.ts';
import { confidenceWords } from '../render-diagnosis.ts';
import { formatDuration } from '../time.ts';
import type { View } from '../view.ts';
import { callbackParameters, formOf, type Leg, legName, legsOf, parametersOf } from './leg.ts';
import { durationText, readableBody, requestLine, shortenedTo, statusText } from './message-text.ts';
import { countChecks, shownMoment, traceHeadline } from './trace-headline.ts';
import { traceHtmlStyle } from './trace-html-style.ts';
import { renderTraceSvg } from './trace-svg.ts';

/** A trace as one HTML file that needs nothing else, without a script. Everything in a trace is shown as text. */
export function renderTraceHtml(trace: Recording): string {
  const { text } = traceHeadline(trace);
  const body = `${renderHeader(trace)}
<main>
${renderError(trace.outcome)}
<section><h2>Conversation</h2><p class="hint">Each arrow leads to its message below.</p><div class="scroll" tabindex="0" role="region" aria-label="Sequence diagram">${renderTraceSvg(trace)}</div></section>
${renderMessages(trace)}
${renderTokens(trace)}
${renderChecks(checksOf(trace))}
</main>
<footer>Made by <b>oauth-code</b> from a recorded run. Nothing in this file is loaded from elsewhere.</footer>`;
  return renderHtmlDocument({ title: html(text), style: traceHtmlStyle, body });
}

function renderHeader(trace: Recording): string {
  const { mark, text, facts } = traceHeadline(trace);
  const tone = { done: 'ok', failed: 'bad', cancelled: 'warn' }[trace.outcome.status];
  const sign = mark === 'pass' ? '✓' : mark === 'fail' ? '✗' : '!';
  const banner =
    trace.secrets === 'shown'
      ? '<p class="banner">This file holds tokens and other secrets in the clear. Do not pass it on.</p>'
      : '';
  const list = facts.map((fact) => `<li>${html(fact)}</li>`).join('');
  return `<header class="${tone}">${banner}<h1><span class="sign" aria-hidden="true">${sign}</span><span dir="auto">${html(text)}</span></h1><ul>${list}</ul></header>`;
}

function renderError({ error, diagnosis }: Outcome): string {
  if (error === undefined) return '';
  const { oauth } = error;
  const rows = [
    ['code', error.code],
    ['step', error.step],
    ['check', error.check],
    ['error', oauth?.error],
    ['error_description', oauth?.error_description],
    ['error_uri', oauth?.error_uri],
    ['exit status', error.exit_code.toString()],
  ] as const;
  const table = htmlRows(
    rows.flatMap(([name, value]) => (value === undefined || value === null ? [] : [{ name, value }])),
  );
  const hint = error.hint === null ? '' : `<p><strong>Next:</strong> ${html(error.hint)}</p>`;
  return `<section class="error"><h2>Why it ended</h2><p dir="auto">${html(error.message)}</p>${table}${hint}${renderCauses(diagnosis ?? [])}</section>`;
}

function renderCauses(causes: readonly RecordedDiagnosis[]): string {
  if (causes.length === 0) return '';
  const items = causes.map(({ cause, why, try: remedy, confidence, source, expected, received }, index) => {
    const compared = Object.entries({ expected, received }).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value }],
    );
    return (
      `<li><span class="number">${index + 1}.</span><div><strong dir="auto">${html(cause)}</strong> ` +
      `<small>${confidenceWords[confidence]}</small><p dir="auto">${html(why)}</p>${htmlRows(compared)}` +
      `<p dir="auto"><b>Try:</b> ${html(remedy)}</p>${source === undefined ? '' : `<small>${html(source)}</small>`}</div></li>`
    );
  });
  return `<h3>Likely causes</h3><ul class="checks">${items.join('\n')}</ul>`;
}

/** What failed is unfolded already. */
function renderMessages(trace: Recording): string {
  const legs = legsOf(trace).map((leg) => {
    const { event } = leg;
    const failed =
      event.type === 'exchange' && (event.response === null || (event.response.status ?? 0) >= 400);
    return renderHtmlLeg(leg, failed);
  });
  return legs.length === 0 ? '' : `<section><h2>Messages</h2>${legs.join('\n')}</section>`;
}

function renderTokens(trace: Recording): string {
  if (trace.tokens.length === 0) return '';
  const ended = new Date(Date.parse(trace.started_at ?? unknownMoment) + trace.duration_ms);
  const view: View = {
    columns: 100,
    color: false,
    now: ended,
    utcOffsetMinutes: () => 0,
    // Whatever is to be hidden was hidden before.
    showSecrets: true,
  };
  const tokens = trace.tokens.map((token, index) => renderToken(token, index + 1, view));
  return `<section><h2>Tokens</h2><p class="hint">Decoded. Whether one can be trusted is said by the checks alone.</p>${tokens.join('\n')}</section>`;
}

function renderToken({ token, header, claims }: RecordedToken, number: number, view: View): string {
  const type = typeof header.typ === 'string' ? header.typ : 'JWT';
  const summary =
    `<span class="number">${number}</span><span class="name"><code>${html(token)}</code></span><span class="what"></span>` +
    `<span class="pill plain">${html(claims === null ? `${type}, encrypted` : type)}</span>`;
  const content =
    htmlPart('Header', htmlRows(headerRows(header, view))) +
    (claims === null ? '<p>It is encrypted.</p>' : htmlPart('Claims', htmlRows(claimRows(claims, view))));
  return htmlDetails(`token-${number}`, summary, content);
}

const marks: Readonly<Record<RecordedCheck['outcome'], readonly [tone: string, sign: string]>> = {
  fail: ['bad', '✗'],
  warn: ['warn', '!'],
  skipped: ['unseen', '–'],
  pass: ['ok', '✓'],
};

/** What needs no attention is folded. */
function renderChecks(checks: readonly RecordedCheck[]): string {
  if (checks.length === 0) return '';
  const listOf = (...outcomes: readonly RecordedCheck['outcome'][]) =>
    outcomes.flatMap((outcome) => checks.filter((check) => check.outcome === outcome));
  const settled = listOf('pass', 'skipped');
  const folded =
    settled.length === 0 ? '' : htmlDetails('checks-settled', foldedSummary(settled), htmlChecks(settled));
  return `<section><h2>Checks</h2><p class="hint">${html(countChecks(checks).replace('Checks: ', ''))}</p>${htmlChecks(listOf('fail', 'warn'))}${folded}</section>`;
}

function foldedSummary(settled: readonly RecordedCheck[]): string {
  const [, counts = ''] = countChecks(settled).split(': ');
  return `<span class="sign pill ok" aria-hidden="true">✓</span><span class="name">${html(counts)}</span><span class="what"></span>`;
}

function htmlChecks(checks: readonly RecordedCheck[]): string {
  if (checks.length === 0) return '';
  const items = checks.map((check) => {
    const [tone, sign] = marks[check.outcome];
    const compared = [
      ...(check.expected === undefined ? [] : [{ name: 'expected', value: check.expected }]),
      ...(check.received === undefined ? [] : [{ name: 'received', value: check.received }]),
    ];
    return (
      `<li class="${tone}"><span class="sign" aria-hidden="true">${sign}</span><div><strong>${html(check.title)}</strong> ` +
      `<small><code>${html(check.id)}</code> · ${html(check.spec)}</small><p dir="auto">${html(check.detail)}</p>` +
      `${check.outcome === 'fail' || check.outcome === 'warn' ? htmlRows(compared) : ''}</div></li>`
    );
  });
  return `<ul class="checks">${items.join('\n')}</ul>`;
}

/** One leg of the conversation as a line that unfolds into all that is known of it. */
function renderHtmlLeg(leg: Leg, open: boolean): string {
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

function parameterRows(parameters: Parameters): string {
  return htmlRows(
    parameters.map(([name, value]) => {
      const note = parameterMeaning(name, value);
      return { name, value, ...(note === undefined ? {} : { note }) };
    }),
  );
}

function fieldRows(headers: HeaderList): string {
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
    htmlPart('Header fields', fieldRows(request?.headers ?? [])) +
    (form === undefined
      ? htmlPart('Body', htmlBlock(readableBody(request?.body ?? '')))
      : htmlPart('Form', parameterRows(form)));
  const received =
    response === null
      ? `<p class="bad">${html(error?.message ?? 'No answer came.')}</p>`
      : `<p>Status <strong>${response.status === null ? 'not recorded' : response.status}</strong></p>` +
        htmlPart('Header fields', fieldRows(response.headers ?? [])) +
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

/** In characters; a report stays readable, and the trace has it whole. */
const longestText = 400_000;

/** Foreign text between tags or in a quoted attribute. */
function html(text: string): string {
  return escapeHtml(shortenedTo(longestText, text));
}

/** A table of names and values, each with a few words about the name; nothing when there are no rows. */
function htmlRows(
  rows: readonly { readonly name: string; readonly value: string; readonly note?: string }[],
): string {
  if (rows.length === 0) return '';
  const lines = rows.map(({ name, value, note }) => {
    const remark = note === undefined ? '' : `<small>${html(note)}</small>`;
    return `<tr><th scope="row"><code>${html(name)}</code></th><td><code dir="auto">${html(value)}</code>${remark}</td></tr>`;
  });
  return `<div class="scroll"><table>${lines.join('')}</table></div>`;
}

/** A heading and what belongs under it; nothing when that is empty. */
function htmlPart(title: string, content: string): string {
  return content === '' ? '' : `<h4>${html(title)}</h4>${content}`;
}

/** Foreign text in its own lines. */
function htmlBlock(text: string): string {
  return text === '' ? '' : `<pre><code dir="auto">${html(text)}</code></pre>`;
}

/** A summary line that unfolds without a script; `content` is reached by `#id`, which unfolds it. */
function htmlDetails(id: string, summary: string, content: string, open = false): string {
  return `<details${open ? ' open' : ''}><summary>${summary}</summary><div class="content" id="${id}">${content}</div></details>`;
}
