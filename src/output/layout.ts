import { stripVTControlCharacters } from 'node:util';
import { inertLines, inertText } from './terminal-text.ts';
import { createStyle, type Looks, layoutColumns, type MarkName, type Paint, type Style } from './view.ts';
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

/** A row in brief: its name, its value and the rest. */
export type RowEntry = readonly [
  name: string,
  value: string | number | null | undefined,
  look?: Omit<Row, 'name' | 'value'>,
];

/** Rows from their entries; one without a value is left out. */
export function rowsOf(...entries: readonly RowEntry[]): Row[] {
  return entries.flatMap(([name, value, look]) =>
    value === null || value === undefined ? [] : [{ name, value: String(value), ...look }],
  );
}

/** A label beside a heading; with a mark it says how far the section can be trusted. */
export interface HeadingLabel {
  readonly text: string;
  readonly mark?: MarkName;
}

/** How a paragraph is set. */
interface ParagraphOptions {
  /** Columns left free before each line; two when left out. */
  readonly indent?: number;
  /** Stands in the free columns of the first line; may be coloured. */
  readonly lead?: string;
  readonly paint?: Paint;
  readonly wrap?: (text: string, columns: number) => string[];
}

/** A check or finding: a title after its mark, the section that requires it, and what was seen. */
interface Judgement {
  /** As it is printed. */
  readonly mark: string;
  readonly title: string;
  readonly paint: Paint;
  readonly detail: string;
  readonly spec: string;
}

/** A row of a table. Foreign text may stand in its cells. */
export interface TableRow {
  readonly cells: readonly string[];
  /** A mark before it; may be coloured. */
  readonly lead?: string;
  /** Lines below it. */
  readonly below?: readonly string[];
}

/** The blocks that all text output is made of, each as lines; foreign text in them is made inert. */
export interface Layout<V extends Looks = Looks> extends Style {
  readonly view: V;
  /** The columns that are used. */
  readonly columns: number;
  /** A text in as many lines as it takes. */
  paragraph(text: string, options?: ParagraphOptions): string[];
  /** The verdict in one sentence. */
  headline(mark: MarkName, text: string): string[];
  /** The heading of a section, an empty line before it; the label moves below when there is no room. */
  heading(text: string, label?: HeadingLabel): string[];
  /** A heading with rows below it. */
  section(title: string, rows: readonly Row[], label?: HeadingLabel): string[];
  /** A part of a section: its name, and its rows indented below. */
  part(title: string, rows: readonly Row[]): string[];
  /** Names in a column, values wrapped in the rest, remarks behind them; stacked when narrow. */
  rows(rows: readonly Row[], indent?: number): string[];
  /** Rows whose values are URLs: all beside their names, or all below them when one is too long. */
  urlRows(rows: readonly Row[]): string[];
  /** Cells in columns below their names where these fit, else each row as its first cell with the others below it. */
  table(names: readonly string[], rows: readonly TableRow[]): string[];
  /** The title of a judgement, its detail beside it if wanted, its section at the right; undefined without room. */
  judgementHead(judgement: Judgement, withDetail?: boolean): string | undefined;
  /** A judgement with its detail below. */
  judgement(judgement: Judgement, wrap?: ParagraphOptions['wrap']): string[];
}

/** Below this width names, values and remarks stand under each other. */
const sideBySideColumns = 60;
const longestName = 26;

/** Makes the blocks for one output. */
export function createLayout<V extends Looks>(view: V): Layout<V> {
  const style = createStyle(view);
  const columns = layoutColumns(view);
  const isNarrow = columns < sideBySideColumns;
  const rows = (list: readonly Row[], indent = 2) => layOutRows(list, isNarrow, { style, columns, indent });
  return {
    ...style,
    view,
    columns,
    paragraph,
    headline: (mark, text) => paragraph(text, { lead: style.mark(mark), paint: style.strong }),
    heading,
    section: (title, list, label) => [...heading(title, label), ...rows(list)],
    part: (title, list) => [`  ${style.dim(title)}`, ...rows(list, 4)],
    rows,
    urlRows: (list) => {
      const names = widest(list.map((row) => displayWidth(inertText(row.name))));
      const values = widest(list.map((row) => displayWidth(inertLines(row.value))));
      return layOutRows(list, 2 + names + 2 + values > columns, { style, columns, indent: 2 });
    },
    table,
    judgementHead,
    judgement,
  };

  function table(names: readonly string[], list: readonly TableRow[]): string[] {
    const cells = list.map((row) => row.cells.map(inertText));
    // A table may be wider than text: a row is easier to follow than a paragraph.
    const lines = alignedLines([names, ...cells], Math.max(columns, view.columns) - 2);
    const stacked = ([first = '', ...others]: readonly string[], lead: string) => [
      ...paragraph(first, { indent: 4, lead }),
      ...rows(
        others.map((value, at) => ({ name: names[at + 1] ?? '', value })).filter(({ value }) => value !== ''),
        6,
      ),
    ];
    return [
      ...(lines?.[0] ?? []).map((line) => `    ${style.dim(line)}`),
      ...list.flatMap(({ lead = ' ', below = [] }, at) => [
        ...(lines?.[at + 1]?.map((line, index) => `  ${index === 0 ? lead : ' '} ${line}`) ??
          stacked(cells[at] ?? [], lead)),
        ...below,
      ]),
    ];
  }

  function paragraph(
    text: string,
    { indent = 2, lead = '', paint = unpainted, wrap = wrapText }: ParagraphOptions = {},
  ): string[] {
    const margin = ' '.repeat(indent);
    const first = lead === '' ? margin : `${margin.slice(plainWidth(lead) + 1)}${lead} `;
    return wrap(inertText(text), columns - indent).map(
      (line, index) => (index === 0 ? first : margin) + paint(line),
    );
  }

  function heading(text: string, label?: HeadingLabel): string[] {
    const words = style.strong(inertText(text));
    if (label === undefined) return ['', words];
    const { mark } = label;
    const options =
      mark === undefined
        ? { paint: style.dim }
        : { indent: 4, lead: style.mark(mark), paint: style.tone(mark) };
    const beside = `${words}  ${mark === undefined ? '' : `${options.lead} `}${options.paint(inertText(label.text))}`;
    return plainWidth(beside) <= columns ? ['', beside] : ['', words, ...paragraph(label.text, options)];
  }

  function judgementHead(
    { mark, title, detail, spec, paint }: Judgement,
    withDetail = false,
  ): string | undefined {
    const left = `  ${mark} ${paint(inertText(title))}${withDetail ? `  ${inertText(detail)}` : ''}`;
    const right = inertText(spec);
    const fill = columns - plainWidth(left) - displayWidth(right);
    return fill < 2 ? undefined : `${left}${' '.repeat(fill)}${style.dim(right)}`;
  }

  function judgement(judged: Judgement, wrap?: ParagraphOptions['wrap']): string[] {
    const { mark: lead, title, detail, spec, paint } = judged;
    const head = judgementHead(judged);
    return [
      ...(head === undefined ? paragraph(title, { indent: 4, lead, paint, ...(wrap && { wrap }) }) : [head]),
      ...paragraph(detail, { indent: 4 }),
      ...(head === undefined ? paragraph(spec, { indent: 4, paint: style.dim }) : []),
    ];
  }
}

/** Lines as a text that ends in a line feed. */
export function joinLines(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/** Columns of a text that may be coloured. */
export function plainWidth(text: string): number {
  return displayWidth(stripVTControlCharacters(text));
}

const unpainted: Paint = (text) => text;

interface Room {
  readonly style: Style;
  readonly columns: number;
  readonly indent: number;
}

interface InertRow {
  readonly name: string;
  readonly lines: string;
  readonly note: string;
  readonly paint: Paint;
}

function layOutRows(rows: readonly Row[], stacked: boolean, room: Room): string[] {
  const inert = rows.map((row) => ({
    name: inertText(row.name),
    lines: inertLines(row.value),
    note: row.note ?? '',
    paint: row.tone === undefined ? unpainted : room.style[row.tone],
  }));
  return stacked
    ? inert.flatMap((row) => onOneLine(row, room) ?? stackedRow(row, room))
    : sideBySide(inert, room);
}

/** A short row on one line; never one with a value that is a URL, as its neighbours may stand below their names. */
function onOneLine(row: InertRow, { columns, style, indent }: Room): string[] | undefined {
  const note = row.note === '' ? '' : `  (${row.note})`;
  const width = indent + displayWidth(row.name) + 2 + displayWidth(row.lines) + note.length;
  if (width > columns || row.lines.includes('\n') || /^https?:/.test(row.lines)) return undefined;
  return [`${' '.repeat(indent)}${row.name}  ${row.paint(row.lines)}${style.dim(note)}`];
}

function stackedRow(row: InertRow, { columns, style, indent }: Room): string[] {
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

function sideBySide(rows: readonly InertRow[], room: Room): string[] {
  const { columns, style, indent } = room;
  const names = rows.map((row) => displayWidth(row.name)).filter((width) => width <= longestName);
  const nameWidth = widest(names);
  const available = columns - indent - nameWidth - 2;
  const noteAt = noteColumn(rows, available);
  const margin = ' '.repeat(indent);
  const hanging = ' '.repeat(indent + nameWidth + 2);
  return rows.flatMap((row) => {
    if (isWord(row.lines) && displayWidth(row.lines) > available) return stackedRow(row, room);
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

/** A column is wrapped to no less than this, where its cells are wider. */
const narrowestColumn = 16;

/**
 * Rows as lines, their cells in columns with two blanks between them; the widest columns are wrapped, and no word is
 * broken. Undefined when that takes more than the width.
 */
export function alignedLines(
  rows: readonly (readonly string[])[],
  columns: number,
): readonly (readonly string[])[] | undefined {
  const widths = (rows[0] ?? []).map((_, at) => widest(rows.map((row) => displayWidth(row[at] ?? ''))));
  const least = widths.map((width, at) =>
    Math.max(
      Math.min(width, narrowestColumn),
      widest(rows.flatMap((row) => (row[at] ?? '').split(' ').map(displayWidth))),
    ),
  );
  const room = columns - 2 * widths.length;
  if (total(least) > room) return undefined;
  for (let excess = total(widths) - room; excess > 0; excess -= 1) {
    const shrinkable = widths.map((width, at) => (width > (least[at] ?? 0) ? width : 0));
    const at = shrinkable.indexOf(widest(shrinkable));
    widths[at] = (widths[at] ?? 0) - 1;
  }
  return rows.map((row) => {
    const cells = row.map((cell, at) => wrapText(cell, widths[at] ?? 0));
    return Array.from({ length: widest(cells.map((lines) => lines.length)) }, (_, line) =>
      cells
        .map((lines, at) => padEnd(lines[line] ?? '', widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  });
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0);
}
