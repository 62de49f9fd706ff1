import { Chalk } from 'chalk';
import type { CheckOutcome } from '../checks/check-result.ts';

/** How a result is to be shown; everything a rendering depends on besides the result. */
export interface View {
  /** Width of the output in columns. */
  readonly columns: number;
  readonly color: boolean;
  /** False confines the tool's own marks to ASCII; true when left out. */
  readonly unicode?: boolean;
  readonly now: Date;
  /** Whether tokens are shown whole. */
  readonly showSecrets: boolean;
  /** Whether the checks that passed or do not apply are listed too, and the causes that are ruled out. */
  readonly allChecks?: boolean;
}

/** The part of a view that any layout needs: width and looks. */
export type Looks = Pick<View, 'columns' | 'color' | 'unicode' | 'allChecks'>;

/** The looks of a report that is written to a file. */
export const plainLooks: Looks = { columns: 100, color: false, unicode: true };

/** The columns a layout uses: right-aligned text is hard to follow further out, and below 20 nothing fits. */
export function layoutColumns(view: Pick<View, 'columns'>): number {
  return Math.max(20, Math.min(100, Math.floor(view.columns) || 80));
}

/** The meaning of a mark in front of a line. `unverified` is readable, but its signature was not checked. */
export type MarkName = CheckOutcome | 'unverified' | 'waiting';

/** A way to colour text; without colour it changes nothing. */
export type Paint = (text: string) => string;

/** The looks of all output: colours by meaning, and the few symbols. */
export interface Style {
  readonly strong: Paint;
  readonly ok: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly dim: Paint;
  /** One column wide, different for each meaning without colour too. */
  mark(name: MarkName): string;
  /** The colour that goes with a mark. */
  tone(name: MarkName): Paint;
  readonly ellipsis: string;
  readonly bullet: string;
}

const marks: Readonly<Record<MarkName, readonly [unicode: string, ascii: string]>> = {
  pass: ['✓', '+'],
  fail: ['✗', 'x'],
  warn: ['!', '!'],
  skipped: ['–', '-'],
  unverified: ['?', '?'],
  waiting: ['…', '.'],
};

/** Makes the looks for one output stream; `unicode: false` confines the symbols to ASCII. */
export function createStyle(looks: { readonly color: boolean; readonly unicode?: boolean }): Style {
  // The level is given, so that chalk's own reading of the environment decides nothing.
  const chalk = new Chalk({ level: looks.color ? 1 : 0 });
  const unicode = looks.unicode !== false;
  const { yellow } = chalk;
  const tones: Record<MarkName, Paint> = {
    pass: chalk.green,
    fail: chalk.red.bold,
    warn: yellow,
    skipped: chalk.dim,
    unverified: yellow,
    waiting: chalk.cyan,
  };
  // Yellow words cannot be read on white; the mark before them is yellow.
  const tone = (name: MarkName) => (tones[name] === tones.warn ? chalk.bold : tones[name]);
  return {
    strong: chalk.bold,
    ok: tones.pass,
    bad: tones.fail,
    warn: tone('warn'),
    dim: chalk.dim,
    mark: (name) => tones[name](marks[name][unicode ? 0 : 1]),
    tone,
    ellipsis: unicode ? '…' : '...',
    bullet: unicode ? '•' : '-',
  };
}
