import { createHash } from 'node:crypto';
import { callbackPageStyle } from './callback-page-style.ts';
import { escapeHtml } from './escape-html.ts';

/** The status sign of a page: tells the outcome by shape, colour and a word for screen readers. */
export type PageMark = 'success' | 'failure' | 'notice' | 'busy';

/** One message with its sign, the whole content of most pages. */
export interface PageMessage {
  readonly mark: PageMark;
  readonly title: string;
  /** Paragraphs. */
  readonly lines: readonly string[];
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** What to do next. */
  readonly hint?: string | undefined;
}

/** Text from elsewhere beyond this many characters is cut; the terminal has it whole. */
const longestText = 1000;

const marks: Readonly<Record<PageMark, { readonly label: string; readonly path: string }>> = {
  success: { label: 'Success', path: 'M12.5 20.5l5 5 10-11' },
  failure: { label: 'Failed', path: 'M14 14l12 12M26 14L14 26' },
  notice: { label: 'Notice', path: 'M20 12.5v9.5M20 27.4v.1' },
  busy: { label: 'Working', path: 'M20 11a9 9 0 0 1 9 9' },
};

/** Renders a message as a `main` element; all of its text is escaped. */
export function renderMessage(message: PageMessage, attributes = ''): string {
  const { mark, title, lines, facts = [], hint } = message;
  const list = facts
    .map(([name, value]) => `<dt>${shown(name)}</dt><dd dir="auto">${shown(value)}</dd>`)
    .join('\n');
  return [
    `<main class="${mark === 'busy' ? 'notice' : mark}"${attributes}>`,
    `<header>${renderMark(mark)}<h1 dir="auto">${shown(title)}</h1></header>`,
    ...lines.map((line) => `<p dir="auto">${shown(line)}</p>`),
    list === '' ? '' : `<dl>\n${list}\n</dl>`,
    hint === undefined ? '' : `<aside><strong>What to do</strong><p dir="auto">${shown(hint)}</p></aside>`,
    '</main>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/**
 * Puts a page together: no external resource, a policy that allows its own style and, when given, its own script
 * (CSP3 §2.3.1). `content` is HTML.
 */
export function renderDocument(title: string, content: string, script?: string): string {
  const policy = [
    "default-src 'none'",
    `style-src ${hashSource(callbackPageStyle)}`,
    ...(script === undefined ? [] : [`script-src ${hashSource(script)}`, "connect-src 'self'"]),
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
<title>${shown(title)} · oauth-code</title>
<style>${callbackPageStyle}</style>
</head>
<body>
${content}
<footer>This page comes from <b>oauth-code</b> in your terminal, not from the authorization server.</footer>
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
}

function renderMark(mark: PageMark): string {
  const { label, path } = marks[mark];
  const turning = mark === 'busy' ? ' turning' : '';
  return `<svg class="mark${turning}" viewBox="0 0 40 40" role="img" aria-label="${label}"><circle cx="20" cy="20" r="18"/><path d="${path}"/></svg>`;
}

function shown(text: string): string {
  const characters = [...text];
  if (characters.length <= longestText) return escapeHtml(text);
  const rest = characters.length - longestText;
  return `${escapeHtml(characters.slice(0, longestText).join(''))}… (${rest} more characters)`;
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
