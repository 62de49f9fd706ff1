import { stringifyExactly } from '../../json/exact-number.ts';
import { visibleText } from '../../protocol/markup.ts';
import {
  checksOf,
  type RecordedCheck,
  type RecordedDiagnosis,
  type RecordedError,
  type RecordedResponse,
  type RecordedRuledOut,
  type Recording,
} from '../../recording/recording.ts';
import { rowsOf } from '../layout.ts';
import { comparedRows } from '../render-checks.ts';
import { confidenceWords } from '../render-diagnosis.ts';
import { inertLines, inertText } from '../terminal-text.ts';
import { formatDuration } from '../time.ts';
import { type Leg, legName, legsOf } from './leg.ts';
import { missingText, requestText, responseText, shortenedTo, statusText } from './message-text.ts';
import { traceHeadline } from './trace-headline.ts';
import { renderTraceMermaid } from './trace-mermaid.ts';

/** Longer messages are cut: a ticket is to be read. */
const longestMessage = 6000;

/** A trace as Markdown for a ticket: outcome, diagram, checks, every message, the tokens. */
export function renderTraceMarkdown(trace: Recording): string {
  const { text, facts } = traceHeadline(trace);
  const { error, diagnosis = [], ruled_out = [] } = trace.outcome;
  const parts = [
    `# ${markdownWords(text)}`,
    facts.map((fact) => `- ${markdownWords(fact)}`).join('\n'),
    ...(error === undefined ? [] : ['## Error', renderError(error)]),
    ...(diagnosis.length === 0 ? [] : ['## Likely causes', diagnosis.map(renderCause).join('\n')]),
    ...(ruled_out.length === 0 ? [] : ['## Ruled out', ruled_out.map(renderRuledOut).join('\n')]),
    '## Conversation',
    fencedBlock(renderTraceMermaid(trace).trimEnd(), 'mermaid'),
    ...renderChecks(checksOf(trace)),
    '## Messages',
    ...legsOf(trace).flatMap(renderLeg),
    ...(trace.tokens.length === 0 ? [] : ['## Tokens, decoded and not verified']),
    ...trace.tokens.flatMap(({ token, header, claims }) => [
      `### ${inlineCode(shortenedTo(40, token).replace('\n', ' '))}`,
      fencedBlock(stringifyExactly({ header, claims }, 2), 'json'),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderError({ code, step, message, hint, oauth, check }: RecordedError): string {
  const rows = rowsOf(
    ['Code', code],
    ['Step', step],
    ['Message', message],
    ['Check', check],
    ['`error`', oauth?.error],
    ['`error_description`', oauth?.error_description],
    ['`error_uri`', oauth?.error_uri],
    ['Status', oauth?.status],
    ['Next', hint],
  );
  return rows.map(({ name, value }) => `- ${name}: ${inlineCode(value)}`).join('\n');
}

function renderCause(diagnosis: RecordedDiagnosis, at: number): string {
  const { cause, why, try: remedy, confidence, source } = diagnosis;
  return [
    `${at + 1}. **${markdownWords(cause)}** (${confidenceWords[confidence]})`,
    `   - ${markdownWords(why)}`,
    ...compared(diagnosis).map((line) => ` ${line}`),
    `   - Fix: ${markdownWords(remedy)}`,
    ...(source === undefined ? [] : [`   - See ${markdownWords(source)}`]),
  ].join('\n');
}

function renderRuledOut({ cause, evidence }: RecordedRuledOut): string {
  return `- ${markdownWords(cause)}\n   - ${markdownWords(evidence)}`;
}

function compared(judged: Pick<RecordedCheck, 'expected' | 'received'>): readonly string[] {
  return comparedRows(judged).map(({ name, value }) => `  - ${name} ${inlineCode(value)}`);
}

/** A page is told by what it shows: the ticket is for a person. */
function withoutMarkup(response: RecordedResponse): RecordedResponse {
  const body = response.body ?? '';
  if (!/^\s*<(?:!doctype html|html)/i.test(body)) return response;
  return { ...response, body: `(HTML of ${body.length} characters, which shows:)\n${visibleText(body)}` };
}

const marks: Readonly<Record<RecordedCheck['outcome'], string>> = {
  fail: '✗ failed',
  warn: '! warning',
  skipped: '– not applicable',
  pass: '✓ passed',
};

/** Checks that passed or were skipped are listed by their ids alone. */
function renderChecks(checks: readonly RecordedCheck[]): readonly string[] {
  if (checks.length === 0) return [];
  const lines = (['fail', 'warn', 'pass', 'skipped'] as const).flatMap((outcome) => {
    const found = checks.filter((check) => check.outcome === outcome);
    if (outcome === 'pass' || outcome === 'skipped') {
      const ids = found.map(({ id }) => inlineCode(id)).join(', ');
      return ids === '' ? [] : [`- ${marks[outcome]}: ${ids}`];
    }
    return found.flatMap((check) => [
      `- ${marks[outcome]}: ${inlineCode(check.id)} (${markdownWords(check.spec)}): ${inlineCode(check.detail)}`,
      ...compared(check),
    ]);
  });
  return ['## Checks', lines.join('\n')];
}

/** Metadata and keys alone fill pages: what went through is folded, where the reader of the ticket can unfold it. */
function renderLeg(leg: Leg): readonly string[] {
  const content = renderContent(leg);
  if (!wentThrough(leg)) return [`### ${leg.number}. ${markdownWords(legName(leg))}`, ...content];
  // HTML knows no escape that keeps a reader of Markdown from finding mentions: letters and digits stay.
  const name = legName(leg).replace(/[^\p{L}\p{N} ._-]/gu, '');
  return [`<details><summary>${leg.number}. ${name}: ${endingOf(leg)}</summary>`, ...content, '</details>'];
}

function wentThrough({ event }: Leg): boolean {
  if (event.type === 'exchange') return event.response !== null && (event.response.status ?? 0) < 400;
  return event.type === 'authorization_request';
}

function endingOf({ event }: Leg): string {
  if (event.type !== 'exchange') return 'in the browser';
  const ending = event.response === null ? 'no answer' : statusText(event.response);
  return event.duration_ms === null ? ending : `${ending} after ${formatDuration(event.duration_ms)}`;
}

function renderContent({ event }: Leg): readonly string[] {
  const http = (text: string) => fencedBlock(shortenedTo(longestMessage, text), 'http');
  switch (event.type) {
    case 'exchange': {
      const { request, response, error, duration_ms: took } = event;
      const missing = missingText(event);
      return [
        ...(missing === undefined ? [] : [missing]),
        ...(request === null ? [] : [http(requestText(request))]),
        ...(response === null
          ? [`No answer: ${inlineCode(error?.message ?? 'unknown')}`]
          : [
              took === null ? 'The answer:' : `After ${formatDuration(took)}:`,
              http(responseText(withoutMarkup(response))),
            ]),
      ];
    }
    case 'authorization_request':
      return [fencedBlock(event.url)];
    case 'callback':
      return [
        fencedBlock(`${event.method} ${event.url}${event.body === undefined ? '' : `\n\n${event.body}`}`),
      ];
    case 'callback_ignored':
      return [inlineCode(event.reason)];
    case 'page':
      return [event.outcome === 'success' ? 'Signed in.' : 'The login failed.'];
  }
}

/** Foreign text as inline code, in which nothing is markup, a link or a mention (CommonMark §6.1). */
function inlineCode(text: string): string {
  const shown = inertText(text).trim();
  if (shown === '') return '` `';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const padding = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/** Foreign text as a fenced block, whose fence is longer than any in the text (CommonMark §4.5). */
function fencedBlock(text: string, info = ''): string {
  const shown = inertLines(text);
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}${info}\n${shown}\n${fence}`;
}

/** Words of this tool with nothing but plain punctuation, quoted parts of which may be foreign. */
function markdownWords(text: string): string {
  return inertText(text)
    .replaceAll(/[\\`*_{}[\]<>#|!~$&]/g, '\\$&')
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//')
    .replaceAll(/www\./gi, (word) => `${word.slice(0, 3)}&#46;`)
    .replace(/^(\s*)([-+=]|\d+[.)])/, '$1&#8203;$2');
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
