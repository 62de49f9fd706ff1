import { createLayout, joinLines, type Layout } from '../layout.ts';
import { inertText } from '../terminal-text.ts';
import type { Looks, Paint } from '../view.ts';
import { truncateMiddle, wrapText } from '../width.ts';
import type { TraceComparison } from './compare-traces.ts';
import {
  type DifferenceWeight,
  listOfTexts,
  redactedText,
  type TraceDifference,
} from './weigh-difference.ts';

const longestValue = 300;
const longestNote = 30;

/** Two runs side by side as text ending in a line feed: how they ended, what may be the cause, what else differs. */
export function renderComparison(comparison: TraceComparison, looks: Looks, all: boolean): string {
  const layout = createLayout(looks);
  const { differences } = comparison;
  const of = (weight: DifferenceWeight) => differences.filter((one) => one.weight === weight);
  const expected = of('expected');
  const lines = [
    ...headline(comparison, layout),
    ...section('What was sent differently, up to there', of('cause'), layout),
    ...section(of('cause').length === 0 ? 'What differs' : 'What else differs', of('notable'), layout),
    ...(all ? section('What differs in every run', expected, layout) : []),
    ...(all || expected.length === 0 ? [] : ['', ...sentence(moreOf(expected), layout, layout.dim)]),
  ];
  return joinLines(lines);
}

function headline(comparison: TraceComparison, layout: Layout): string[] {
  const { a, b, diverges_at, differences, not_compared, redacted } = comparison;
  const run = (letter: string, { name, ending, succeeded }: TraceComparison['a']) => {
    const [first = '', ...rest] = layout.paragraph(`${letter}  ${name} ${ending}`, { indent: 7 });
    return [`${layout.mark(succeeded ? 'pass' : 'fail')} ${first.slice(7)}`, ...rest];
  };
  const unlike = a.succeeded !== b.succeeded;
  const causes = differences.filter(({ weight }) => weight === 'cause');
  const sentences = [
    unlike && diverges_at !== null ? `The runs diverge at: ${diverges_at}.` : '',
    unlike && causes.length === 0 ? 'Up to there both sent the same.' : '',
    unlike && not_compared.length > 0
      ? `${redactedText(redacted).replace(/^r/, 'R')}, so not compared: ${not_compared.join(', ')}. Record ${redacted === 'both' ? 'both' : 'that one'} with --show-secrets to compare them.`
      : '',
    differences.some(({ weight }) => weight !== 'expected') ? '' : 'Nothing differs that matters.',
  ].filter((sentence) => sentence !== '');
  return [
    ...run('A', a),
    ...run('B', b),
    ...(sentences.length === 0 ? [] : ['']),
    ...sentences.flatMap((text) => sentence(text, layout)),
  ];
}

function moreOf(expected: readonly TraceDifference[]): string {
  const examples = [...new Set(expected.map(({ name }) => name))].slice(0, 3).join(', ');
  const differ = expected.length === 1 ? 'value differs' : 'values differ';
  return `${expected.length} more ${differ} in every run, such as ${examples}; --all shows them.`;
}

function sentence(text: string, { columns }: Layout, paint: Paint = (line) => line): string[] {
  return wrapText(inertText(text), columns - 2).map((line) => paint(line));
}

function section(heading: string, differences: readonly TraceDifference[], layout: Layout): string[] {
  if (differences.length === 0) return [];
  const titles = [...new Set(differences.map(({ title }) => title))];
  return [
    ...layout.heading(heading),
    ...titles.flatMap((title) =>
      layout.part(
        inertText(title),
        differences
          .filter((one) => one.title === title)
          .map(({ name, side, place, a, b, remark }) => ({
            name: `${name}${place === 'header' ? ':' : side === 'received' && place === 'parameter' ? ' (received)' : ''}`,
            value: [`A  ${shown(a)}`, `B  ${shown(b)}`, ...(isLong(remark) ? [`(${remark})`] : [])].join(
              '\n',
            ),
            note: remark !== null && !isLong(remark) ? remark : '',
          })),
      ),
    ),
  ];
}

/** A remark that fits beside nothing stands below the values. */
function isLong(remark: string | null): boolean {
  return remark !== null && remark.length > longestNote;
}

/** A list of plain words reads like a scope. */
function plainList(value: string): string {
  const items = listOfTexts(value);
  return items !== undefined && items.length > 0 && items.every((item) => /^[^\s,"]+$/.test(item))
    ? items.join(' ')
    : value;
}

function shown(value: string | null): string {
  return value === null
    ? 'not there'
    : value === ''
      ? '(empty)'
      : truncateMiddle(inertText(plainList(value)), longestValue, '…');
}
