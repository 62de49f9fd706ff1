import { createHash } from 'node:crypto';
import {
  checksOf,
  type Outcome,
  type RecordedCheck,
  type RecordedDiagnosis,
  type RecordedToken,
  type Recording,
  unknownMoment,
} from '../../recording/recording.ts';
import { claimRows, headerRows } from '../claim-rows.ts';
import { confidenceWords } from '../render-diagnosis.ts';
import type { View } from '../view.ts';
import { renderHtmlLeg } from './html-leg.ts';
import { html, htmlDetails, htmlPart, htmlRows } from './html-parts.ts';
import { legsOf } from './leg.ts';
import { countChecks, traceHeadline } from './trace-headline.ts';
import { traceHtmlStyle } from './trace-html-style.ts';
import { renderTraceSvg } from './trace-svg.ts';

/**
 * A trace as one HTML file that needs nothing else: no script, no external resource, a policy that allows its own
 * style alone (CSP3 §2.3.1). Everything in a trace is shown as text.
 */
export function renderTraceHtml(trace: Recording): string {
  const { text } = traceHeadline(trace);
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(traceHtmlStyle).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${html(text)} · oauth-code</title>
<style>${traceHtmlStyle}</style>
</head>
<body>
${renderHeader(trace)}
<main>
${renderError(trace.outcome)}
<section><h2>Conversation</h2><p class="hint">Each arrow leads to its message below.</p><div class="scroll" tabindex="0" role="region" aria-label="Sequence diagram">${renderTraceSvg(trace)}</div></section>
${renderMessages(trace)}
${renderTokens(trace)}
${renderChecks(checksOf(trace))}
</main>
<footer>Made by <b>oauth-code</b> from a recorded run. Nothing in this file is loaded from elsewhere.</footer>
</body>
</html>
`;
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
