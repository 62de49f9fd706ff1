import type { CheckResult } from '../checks/check-result.ts';
import { summarizeChecks } from './render-checks.ts';
import { inertLines, inertText } from './terminal-text.ts';
import { type Looks, layoutColumns, type MarkName, type Style } from './view.ts';
import { displayWidth, padEnd, wrapText } from './width.ts';

/** One line of a table: a name, its value and a remark. Foreign text may stand in each. */
export interface Row {
  readonly name: string;
  /** May hold line feeds. */
  readonly value: string;
  /** A few words about the name, shown when there is room. */
  readonly note?: string;
  readonly tone?: 'ok' | 'bad' | 'warn' | 'dim';
}

/** Below this width names, values and remarks stand under each other. */
const sideBySideColumns = 60;
const longestName = 26;

/** Rows as lines: names in a column, values wrapped in the rest, remarks behind them; stacked when narrow. */
export function renderRows(rows: readonly Row[], looks: Looks, style: Style, indent = 2): string[] {
  return layOut(rows, layoutColumns(looks) < sideBySideColumns, looks, style, indent);
}

/** Rows whose values are URLs: all beside their names, or all below them when one is too long. */
export function renderUrlRows(rows: readonly Row[], looks: Looks, style: Style): string[] {
  const names = widest(rows.map((row) => displayWidth(inertText(row.name))));
  const values = widest(rows.map((row) => displayWidth(inertLines(row.value))));
  return layOut(rows, 2 + names + 2 + values > layoutColumns(looks), looks, style, 2);
}

function layOut(
  rows: readonly Row[],
  stacked: boolean,
  looks: Looks,
  style: Style,
  indent: number,
): string[] {
  const inert = rows.map((row) => ({
    name: inertText(row.name),
    lines: inertLines(row.value),
    note: row.note ?? '',
    paint: row.tone === undefined ? (text: string) => text : style[row.tone],
  }));
  const columns = layoutColumns(looks);
  return stacked
    ? inert.flatMap(
        (row) => onOneLine(row, columns, style, indent) ?? stackedRow(row, columns, style, indent),
      )
    : sideBySide(inert, columns, style, indent);
}

interface InertRow {
  readonly name: string;
  readonly lines: string;
  readonly note: string;
  readonly paint: (text: string) => string;
}

/** A short row on one line; never one with a value that is a URL, as its neighbours may stand below their names. */
function onOneLine(row: InertRow, columns: number, style: Style, indent: number): string[] | undefined {
  const note = row.note === '' ? '' : `  (${row.note})`;
  const width = indent + displayWidth(row.name) + 2 + displayWidth(row.lines) + note.length;
  if (width > columns || row.lines.includes('\n') || /^https?:/.test(row.lines)) return undefined;
  return [`${' '.repeat(indent)}${row.name}  ${row.paint(row.lines)}${style.dim(note)}`];
}

function stackedRow(row: InertRow, columns: number, style: Style, indent: number): string[] {
  const margin = ' '.repeat(indent);
  const note = row.note === '' ? '' : `  (${row.note})`;
  const head = wrapText(row.name, columns - indent);
  const last = head.at(-1) ?? '';
  const fits = indent + displayWidth(last) + note.length <= columns;
  return [
    ...head.slice(0, -1).map((line) => margin + line),
    margin + last + (fits ? style.dim(note) : ''),
    ...stackedValue(row.lines, columns, indent + 2).map(([space, line]) => space + row.paint(line)),
  ];
}

/**
 * A value under its name. A single word, such as a URL or a whole token, is never broken, so that it can be copied:
 * it moves to the left when that makes it fit, and is left to the terminal when nothing does.
 */
function stackedValue(value: string, columns: number, indent: number): [space: string, line: string][] {
  if (!isWord(value)) return wrapText(value, columns - indent).map((line) => [' '.repeat(indent), line]);
  const room = columns - displayWidth(value);
  return [[' '.repeat(room < 0 ? 0 : Math.min(indent, room)), value]];
}

function isWord(value: string): boolean {
  return !/\s/.test(value);
}

function sideBySide(rows: readonly InertRow[], columns: number, style: Style, indent: number): string[] {
  const names = rows.map((row) => displayWidth(row.name)).filter((width) => width <= longestName);
  const nameWidth = widest(names);
  const available = columns - indent - nameWidth - 2;
  const noteAt = noteColumn(rows, available);
  const margin = ' '.repeat(indent);
  const hanging = ' '.repeat(indent + nameWidth + 2);
  return rows.flatMap((row) => {
    if (isWord(row.lines) && displayWidth(row.lines) > available)
      return stackedRow(row, columns, style, indent);
    const values = wrapText(row.lines, available);
    const lines = values.map((line) => hanging + row.paint(line));
    const gaps = values.map((line) => Math.max(2, noteAt - displayWidth(line)));
    const fits = (at: number) =>
      displayWidth(values[at] ?? '') + (gaps[at] ?? 0) + row.note.length <= available;
    const at = fits(0) ? 0 : values.length - 1;
    if (row.note !== '' && fits(at)) lines[at] += ' '.repeat(gaps[at] ?? 2) + style.dim(row.note);
    else if (row.note !== '') lines.push(hanging + style.dim(`(${row.note})`));
    if (displayWidth(row.name) > nameWidth) {
      return [...wrapText(row.name, columns - indent).map((line) => margin + line), ...lines];
    }
    const [first = '', ...rest] = lines;
    return [margin + padEnd(row.name, nameWidth) + first.slice(indent + nameWidth), ...rest];
  });
}

/** Where remarks line up: behind the widest value that still leaves room for every remark. */
function noteColumn(rows: readonly InertRow[], available: number): number {
  const longestNote = widest(rows.map((row) => row.note.length));
  const widths = rows
    .filter((row) => row.note !== '' && !row.lines.includes('\n'))
    .map((row) => displayWidth(row.lines) + 2)
    .filter((width) => width + longestNote <= available);
  return widest(widths);
}

/** The largest, however many there are: as arguments of a call they would be limited. */
function widest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}

/** What stands beside a heading; with a mark it says how far the section can be trusted. */
export interface HeadingLabel {
  readonly text: string;
  readonly mark?: MarkName;
}

/** The heading of a section as lines, an empty one before it; the label moves below when there is no room. */
export function renderHeading(
  text: string,
  label: HeadingLabel | undefined,
  looks: Looks,
  style: Style,
): string[] {
  const heading = inertText(text);
  if (label === undefined) return ['', style.heading(heading)];
  const columns = layoutColumns(looks);
  const mark = label.mark === undefined ? '' : `${style.mark(label.mark)} `;
  const markWidth = label.mark === undefined ? 0 : 2;
  const paint = label.mark === undefined ? style.dim : style.tone(label.mark);
  const words = inertText(label.text);
  if (displayWidth(heading) + 2 + markWidth + displayWidth(words) <= columns) {
    return ['', `${style.heading(heading)}  ${mark}${paint(words)}`];
  }
  const lines = wrapText(words, columns - 2 - markWidth);
  const hanging = ' '.repeat(2 + markWidth);
  return [
    '',
    style.heading(heading),
    ...lines.map((line, index) => (index === 0 ? `  ${mark}` : hanging) + paint(line)),
  ];
}

/** The verdict in one sentence and how the checks ended, on one line where it fits. */
export function renderHeadline(
  headline: { readonly mark: MarkName; readonly text: string },
  checks: readonly CheckResult[],
  looks: Looks,
  style: Style,
): string[] {
  const columns = layoutColumns(looks);
  const text = inertText(headline.text);
  const summary = checks.length === 0 ? '' : summarizeChecks(checks);
  const mark = style.mark(headline.mark);
  if (summary === '') return wrapped(text);
  const oneLine = 2 + displayWidth(text) + 3 + summary.length <= columns;
  if (oneLine) return [`${mark} ${style.strong(text)} ${style.dash} ${summary}`];
  return [...wrapped(text), ...wrapText(summary, columns - 2).map((line) => `  ${line}`)];

  function wrapped(words: string): string[] {
    return wrapText(words, columns - 2).map(
      (line, index) => `${index === 0 ? mark : ' '} ${style.strong(line)}`,
    );
  }
}
