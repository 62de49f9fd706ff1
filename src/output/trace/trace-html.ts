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
  type RecordedRuledOut,
  type RecordedToken,
  type RecordedWire,
  type Recording,
  unknownMoment,
} from '../../recording/recording.ts';
import { splitUrl } from '../../recording/url-input.ts';
import { claimRows, headerRows } from '../claim-rows.ts';
import { renderHtmlDocument } from '../html-document.ts';
import { type Row, rowsOf } from '../layout.ts';
import { comparedRows } from '../render-checks.ts';
import { confidenceWords } from '../render-diagnosis.ts';
import { formatDuration } from '../time.ts';
import { plainLooks, type View } from '../view.ts';
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
<section><h2>Conversation</h2><p class="hint">Each arrow leads to its message below.<span class="swipe"> Swipe the diagram sideways to see all of it.</span></p><div class="scroll" tabindex="0" role="region" aria-label="Sequence diagram">${renderTraceSvg(trace)}</div></section>
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

function renderError({ error, diagnosis = [], ruled_out = [] }: Outcome): string {
  if (error === undefined) return '';
  const { oauth } = error;
  const table = htmlRows(
    rowsOf(
      ['code', error.code],
      ['step', error.step],
      ['check', error.check],
      ['error', oauth?.error],
      ['error_description', oauth?.error_description],
      ['error_uri', oauth?.error_uri],
      ['exit status', error.exit_code],
    ),
  );
  const hint = error.hint === null ? '' : `<p><strong>Next:</strong> ${html(error.hint)}</p>`;
  return `<section class="error"><h2>Why it ended</h2><p dir="auto">${html(error.message)}</p>${table}${hint}${renderCauses(diagnosis)}${renderRuledOut(ruled_out)}</section>`;
}

function renderCauses(causes: readonly RecordedDiagnosis[]): string {
  if (causes.length === 0) return '';
  const items = causes.map(
    ({ cause, why, try: remedy, confidence, source, ...compared }, index) =>
      `<li><span class="number">${index + 1}.</span><div><strong dir="auto">${html(cause)}</strong> ` +
      `<small>${confidenceWords[confidence]}</small><p dir="auto">${html(why)}</p>${htmlRows(comparedRows(compared))}` +
      `<p dir="auto"><b>Fix:</b> ${html(remedy)}</p>${source === undefined ? '' : `<small>${html(source)}</small>`}</div></li>`,
  );
  return `<h3>Likely causes</h3><ul class="checks">${items.join('\n')}</ul>`;
}

function renderRuledOut(causes: readonly RecordedRuledOut[]): string {
  if (causes.length === 0) return '';
  const items = causes.map(
    ({ cause, evidence }) =>
      `<li><span class="number">–</span><div dir="auto">${html(cause)}<p dir="auto">${html(evidence)}</p></div></li>`,
  );
  return `<h3>Ruled out</h3><ul class="checks">${items.join('\n')}</ul>`;
}

function renderMessages(trace: Recording): string {
  const legs = legsOf(trace).map(renderHtmlLeg);
  return legs.length === 0 ? '' : `<section><h2>Messages</h2>${legs.join('\n')}</section>`;
}

function renderTokens(trace: Recording): string {
  if (trace.tokens.length === 0) return '';
  const ended = new Date(Date.parse(trace.started_at ?? unknownMoment) + trace.duration_ms);
  // Secrets were hidden before.
  const view: View = { ...plainLooks, now: ended, showSecrets: true };
  const tokens = trace.tokens.map((token, index) => renderToken(token, index + 1, view));
  return `<section><h2>Tokens</h2><p class="hint">Decoded. Only the checks show whether a token can be trusted.</p>${tokens.join('\n')}</section>`;
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

/** A part that needs no attention is folded. */
function renderChecks(checks: readonly RecordedCheck[]): string {
  if (checks.length === 0) return '';
  const listOf = (...outcomes: readonly RecordedCheck['outcome'][]) =>
    outcomes.flatMap((outcome) => checks.filter((check) => check.outcome === outcome));
  const settled = listOf('pass', 'skipped');
  const [folded, counts] = [settled, checks].map((some) => html(countChecks(some).replace('Checks: ', '')));
  const summary = `<span class="sign pill ok" aria-hidden="true">✓</span><span class="name">${folded}</span><span class="what"></span>`;
  const rest = settled.length === 0 ? '' : htmlDetails('checks-settled', summary, htmlChecks(settled));
  return `<section><h2>Checks</h2><p class="hint">${counts}</p>${htmlChecks(listOf('fail', 'warn'))}${rest}</section>`;
}

function htmlChecks(checks: readonly RecordedCheck[]): string {
  if (checks.length === 0) return '';
  const items = checks.map((check) => {
    const [tone, sign] = marks[check.outcome];
    const compared = check.outcome === 'fail' || check.outcome === 'warn' ? comparedRows(check) : [];
    return (
      `<li class="${tone}"><span class="sign" aria-hidden="true">${sign}</span><div><strong>${html(check.title)}</strong> ` +
      `<small><code>${html(check.id)}</code> · ${html(check.spec)}</small><p dir="auto">${html(check.detail)}</p>` +
      `${htmlRows(compared)}</div></li>`
    );
  });
  return `<ul class="checks">${items.join('\n')}</ul>`;
}

/** One leg of the conversation as a line that unfolds into all that is known of it; what failed is unfolded already. */
function renderHtmlLeg(leg: Leg): string {
  const { event, number } = leg;
  const { tone, what, outcome, content } = legParts(event);
  const failed = event.type === 'exchange' && tone === 'bad';
  const summary =
    `<span class="number">${number}</span><span class="name">${html(legName(leg))}</span>` +
    `<code class="what">${html(what)}</code><span class="pill ${tone}">${html(outcome)}</span>`;
  return htmlDetails(`leg-${number}`, summary, content, failed);
}

/** The line of a leg, and its content as HTML. */
function legParts(event: Leg['event']): Readonly<Record<'tone' | 'what' | 'outcome' | 'content', string>> {
  switch (event.type) {
    case 'exchange': {
      const { request, response } = event;
      return {
        tone: response !== null && (response.status ?? 0) < 400 ? 'ok' : 'bad',
        what: requestLine(request),
        outcome: `${response === null ? 'no answer' : statusText(response)} · ${durationText(event)}`,
        content: exchangeContent(event),
      };
    }
    case 'authorization_request': {
      const words =
        '<p>The browser was sent to this address. The steps of the user there were not recorded.</p>';
      const content = words + urlParts(event.url, parametersOf(splitUrl(event.url).query));
      return { tone: 'plain', what: event.url, outcome: 'in the browser', content };
    }
    case 'callback': {
      const parameters = callbackParameters(event);
      return {
        tone: parameters.some(([name]) => name === 'error') ? 'bad' : 'ok',
        what: event.url,
        outcome: `${event.method} · after ${formatDuration(event.waited_ms)}`,
        content: urlParts(event.url, parameters),
      };
    }
    case 'callback_ignored':
      return {
        tone: 'warn',
        what: event.reason,
        outcome: 'ignored',
        content: `<p>${html(event.reason)}</p>`,
      };
    case 'page': {
      const [tone, words] =
        event.outcome === 'success' ? ['ok', 'the person is signed in'] : ['bad', 'the login failed'];
      const content = `<p>The browser was told that ${words}.</p>`;
      return { tone, what: 'What the browser was shown last', outcome: event.outcome, content };
    }
  }
}

function urlParts(url: string, parameters: Parameters): string {
  return htmlPart('URL', htmlBlock(url)) + htmlPart('Parameters', parameterRows(parameters));
}

function parameterRows(parameters: Parameters): string {
  return htmlRows(
    parameters.map(([name, value]) => ({ name, value, note: parameterMeaning(name, value) ?? '' })),
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
  const used = wire && (wire.reused ? 'kept alive from an earlier message' : 'new');
  const { certificate, ...tls }: Partial<NonNullable<RecordedWire['tls']>> = wire?.tls ?? {};
  const rows: readonly (readonly [name: string, value: string | undefined])[] = [
    ['Started', shownMoment(event.started_at)],
    ['Took', durationText(event)],
    ['Connection', used],
    ['Other end', wire?.remote_address],
    ['Proxy', wire?.proxy],
    ['TLS', wire?.tls === undefined ? 'none' : `${tls.protocol}, ${tls.cipher}`],
    ['Certificate', certificate?.subject],
    ['Issued by', certificate?.issuer],
    ['For', certificate?.names],
    [
      'Valid',
      certificate && `${shownMoment(certificate.valid_from)} to ${shownMoment(certificate.valid_to)}`,
    ],
    ['SHA-256', certificate?.fingerprint],
  ];
  return timeBar(event) + htmlRows(rowsOf(...rows.map(([name, value]) => [name, value || null] as const)));
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
function htmlRows(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(({ name, value, note = '' }) => {
    const remark = note === '' ? '' : `<small>${html(note)}</small>`;
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
