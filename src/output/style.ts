import { Chalk } from 'chalk';
import type { CheckOutcome } from '../checks/check-result.ts';

/** What a mark in front of a line says. `unverified` is readable but vouched for by nobody. */
export type MarkName = CheckOutcome | 'unverified' | 'waiting';

/** A way to colour text; without colour it changes nothing. */
export type Paint = (text: string) => string;

/** The looks of all output: colours by meaning, and the few symbols. */
export interface Style {
  readonly heading: Paint;
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
  readonly dash: string;
  readonly bullet: string;
}

const unicodeMarks: Record<MarkName, string> = {
  pass: '✓',
  fail: '✗',
  warn: '!',
  skipped: '–',
  unverified: '?',
  waiting: '…',
};

const asciiMarks: Record<MarkName, string> = {
  pass: '+',
  fail: 'x',
  warn: '!',
  skipped: '-',
  unverified: '?',
  waiting: '.',
};

/** Makes the looks for one output stream; `unicode: false` confines the symbols to ASCII. */
export function createStyle(looks: { readonly color: boolean; readonly unicode?: boolean }): Style {
  // The level is given, so that chalk's own reading of the environment decides nothing.
  const chalk = new Chalk({ level: looks.color ? 1 : 0 });
  const unicode = looks.unicode !== false;
  const marks = unicode ? unicodeMarks : asciiMarks;
  const tones: Record<MarkName, Paint> = {
    pass: chalk.green,
    fail: chalk.red.bold,
    warn: chalk.yellow,
    skipped: chalk.dim,
    unverified: chalk.yellow,
    waiting: chalk.cyan,
  };
  return {
    heading: chalk.bold,
    strong: chalk.bold,
    ok: tones.pass,
    bad: tones.fail,
    warn: tones.warn,
    dim: chalk.dim,
    mark: (name) => tones[name](marks[name]),
    tone: (name) => tones[name],
    ellipsis: unicode ? '…' : '...',
    dash: unicode ? '—' : '-',
    bullet: unicode ? '•' : '-',
  };
}
