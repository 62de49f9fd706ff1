import type { KeyDocument } from './documents.ts';
import { renderHeading } from './section.ts';
import { createStyle, type Style } from './style.ts';
import { inertText } from './terminal-text.ts';
import { type Looks, layoutColumns } from './view.ts';
import { displayWidth, padEnd, wrapText } from './width.ts';

const columnNames = ['key ID', 'type', 'alg', 'use', 'size'] as const;

/** The keys of a server as lines: a table where it fits, else one key under the other; problems below their key. */
export function renderKeys(keys: readonly KeyDocument[] | null, looks: Looks): string[] {
  const style = createStyle(looks);
  if (keys === null) {
    return renderHeading('Keys', { mark: 'warn', text: 'none could be read' }, looks, style);
  }
  const sick = keys.filter((key) => key.problems.length > 0).length;
  const count = `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`;
  const heading = renderHeading(
    'Keys',
    sick === 0 ? { text: count } : { mark: 'warn', text: `${count}, ${sick} with problems` },
    looks,
    style,
  );
  if (keys.length === 0) return heading;
  const cells = keys.map((key) => keyCells(key));
  const widths = columnNames.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => displayWidth(row[column] ?? ''))),
  );
  const total = 4 + widths.reduce((sum, width) => sum + width + 2, -2);
  const lines =
    total <= layoutColumns(looks)
      ? [`    ${style.dim(tableLine(columnNames, widths))}`, ...rows((row) => [tableLine(row, widths)])]
      : rows((row) => wrapText(stackedLine(row), layoutColumns(looks) - 4));
  return [...heading, ...lines];

  function rows(layout: (row: readonly string[]) => string[]): string[] {
    return keys?.flatMap((key, index) => keyLines(key, layout(cells[index] ?? []), looks, style)) ?? [];
  }
}

function keyLines(key: KeyDocument, lines: readonly string[], looks: Looks, style: Style): string[] {
  const mark = style.mark(key.problems.length === 0 ? 'pass' : 'warn');
  const problems = key.problems.flatMap((problem) => wrapText(inertText(problem), layoutColumns(looks) - 6));
  return [
    ...lines.map((line, index) => (index === 0 ? `  ${mark} ${line}` : `    ${line}`)),
    ...problems.map((line) => `      ${style.warn(line)}`),
  ];
}

function keyCells(key: KeyDocument): string[] {
  return [
    inertText(key.kid ?? '(none)'),
    inertText([key.kty, key.crv].filter((part) => part !== null).join(' ') || 'none'),
    inertText(key.alg ?? 'any'),
    inertText(key.use ?? 'any'),
    key.size === null ? '' : `${key.size} bits`,
  ];
}

function tableLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => padEnd(cell, widths[column] ?? 0))
    .join('  ')
    .trimEnd();
}

function stackedLine([kid = '', type = '', algorithm = '', use = '', size = '']: readonly string[]): string {
  return `${kid}\n  ${[type, size, algorithm === 'any' ? '' : algorithm, use === 'any' ? '' : use].filter((cell) => cell !== '').join(', ')}`;
}
