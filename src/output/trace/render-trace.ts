import type { Recording } from '../../recording/recording.ts';
import { traceDocument } from '../../recording/trace-format.ts';
import { renderJson } from '../render-json.ts';
import { type Looks, plainLooks } from '../view.ts';
import { renderTraceAscii } from './trace-ascii.ts';
import { renderTraceCurl } from './trace-curl.ts';
import type { TraceFormat } from './trace-formats.ts';
import { renderTraceHar } from './trace-har.ts';
import { renderTraceHtml } from './trace-html.ts';
import { renderTraceMarkdown } from './trace-markdown.ts';
import { renderTraceMermaid } from './trace-mermaid.ts';

const renderers: Readonly<Record<TraceFormat, (trace: Recording, looks: Looks) => string>> = {
  json: (trace) => renderJson(traceDocument(trace), { pretty: true }),
  html: renderTraceHtml,
  har: renderTraceHar,
  mermaid: renderTraceMermaid,
  markdown: renderTraceMarkdown,
  ascii: renderTraceAscii,
  curl: renderTraceCurl,
};

/** A trace as text ending in a line feed; whether secrets are in it was decided before. */
export function renderTrace(trace: Recording, format: TraceFormat, looks: Looks = plainLooks): string {
  return renderers[format](trace, looks);
}
