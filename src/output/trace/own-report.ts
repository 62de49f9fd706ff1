import type { TraceFormat } from './render-trace.ts';

/** What no file of somebody else holds in the same place; curl and ascii are not written while a run is recorded. */
const marks: Readonly<Partial<Record<TraceFormat, RegExp>>> = {
  json: /^\{\s*"version":\s*\d+,\s*"kind":\s*"trace"/,
  har: /^\{\s*"log":\s*\{\s*"version":\s*"1\.2",\s*"creator":\s*\{\s*"name":\s*"oauth-code"/,
  html: /^<!doctype html>[\s\S]*· oauth-code<\/title>/,
  mermaid: /^(?:%%.*\n)?sequenceDiagram\n[\s\S]* {2}participant client as oauth-code\n/,
  markdown: /^# .*\n\n- .*, recorded by oauth-code /,
};

/** In characters: a file that begins with more white space may hold something behind it. */
const mostWhiteSpace = 1000;

/** Whether a file that begins so is a report of this format that this tool wrote, or empty: a new one may replace it. */
export function isOwnReport(format: TraceFormat, start: string): boolean {
  const isEmpty = start.length <= mostWhiteSpace && start.trim() === '';
  return isEmpty || (marks[format]?.test(start) ?? false);
}
