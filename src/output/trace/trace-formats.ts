import { ownMember } from '../../json/json.ts';

/** The formats of a report. */
export const traceFormats = ['json', 'html', 'har', 'mermaid', 'markdown', 'ascii', 'curl'] as const;

/** One of them. */
export type TraceFormat = (typeof traceFormats)[number];

const endings: Readonly<Record<string, TraceFormat>> = {
  '.json': 'json',
  '.html': 'html',
  '.htm': 'html',
  '.har': 'har',
  '.mmd': 'mermaid',
  '.md': 'markdown',
  '.txt': 'ascii',
  '.sh': 'curl',
};

/** The format that the ending of a file name stands for. */
export function traceFormatOf(path: string): TraceFormat | undefined {
  const ending = /\.[a-z]+$/i.exec(path)?.[0].toLowerCase() ?? '';
  return ownMember(endings, ending);
}

/** Marks at the start of reports of this tool; no other program writes them there. */
const marks: Readonly<Record<TraceFormat, RegExp>> = {
  json: /^\{\s*"version":\s*\d+,\s*"kind":\s*"trace"/,
  har: /^\{\s*"log":\s*\{\s*"version":\s*"1\.2",\s*"creator":\s*\{\s*"name":\s*"oauth-code"/,
  html: /^<!doctype html>[\s\S]*· oauth-code<\/title>/,
  mermaid:
    /^(?:%%.*\n)?sequenceDiagram\n[\s\S]* {2}participant client as (?:oauth-code\n|Client\n(?: .*\n){0,20} {2}participant server1 as )/,
  markdown:
    /^# .*\n\n- (?:.*, took \d|The time is not recorded)[\s\S]*?\n- (?:Secrets are placeholders|Holds tokens and other secrets)/,
  ascii: /^.+\n(?: .*\n){0,20} {2}(?:Secrets are placeholders|Holds tokens and other secrets)/,
  curl: /^#!\/bin\/sh\n(?:#.*\n){0,20}# For a POSIX shell; on Windows: Git Bash or WSL\./,
};

/** In characters: a file that begins with more white space may hold something behind it. */
const mostWhiteSpace = 1000;

/** Whether a file that begins so is a report of this format that this tool wrote, or empty: a new one may replace it. */
export function isOwnReport(format: TraceFormat, start: string): boolean {
  const isEmpty = start.length <= mostWhiteSpace && start.trim() === '';
  return isEmpty || marks[format].test(start);
}

const secretsLine = /(?:Secrets are placeholders|Holds tokens and other secrets in the clear)/.source;
/** Marks of a report that was drawn for people, also of a run that another program recorded. */
const drawnMarks: readonly (readonly [name: string, mark: RegExp])[] = [
  ['Markdown', new RegExp(`^- ${secretsLine}$[\\s\\S]{0,2000}^\`\`\`mermaid\\nsequenceDiagram$`, 'm')],
  ['HTML', /^<!doctype html>[\s\S]{0,5000}· oauth-code<\/title>/],
  ['Mermaid', /^(?:%%.*\n)?sequenceDiagram\n/],
  ['curl', /^# For a POSIX shell; on Windows: Git Bash or WSL\. Each command repeats one request\.$/m],
  ['text', new RegExp(`^.*\\n(?: {2}.*\\n){0,3} {2}${secretsLine}\\n`)],
];

/**
 * The format of a report of this tool that shows messages to people, shortened and in pieces, and cannot be read as
 * them: `Markdown`; undefined for any other text.
 */
export function drawnReport(text: string): string | undefined {
  const start = text.slice(0, 200_000).replaceAll('\r\n', '\n');
  return drawnMarks.find(([, mark]) => mark.test(start))?.[0];
}
