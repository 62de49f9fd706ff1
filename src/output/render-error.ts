import type { CheckResult } from '../checks/check-result.ts';
import { type Diagnosed, type Diagnosis, membersOf, undiagnosed } from '../diagnosis/diagnosis.ts';
import { ErrorResponseError, type NamedError } from '../errors.ts';
import type { ErrorDocument } from './documents.ts';
import { createLayout, joinLines, type Row, rowsOf } from './layout.ts';
import type { Redactor } from './redact.ts';
import { comparedRows, renderCheck } from './render-checks.ts';
import { renderDiagnosis, renderRuledOut, type ShownDiagnosis } from './render-diagnosis.ts';
import { inertText } from './terminal-text.ts';
import type { Looks, Paint } from './view.ts';
import { wrapNotice } from './width.ts';

/** The JSON document of a run that failed, from the error, the checks made before it and its likely causes. */
export function buildErrorDocument(
  error: NamedError,
  checks: readonly CheckResult[],
  diagnosed: Diagnosed = undiagnosed,
): ErrorDocument {
  return {
    version: 1,
    error: {
      code: error.code,
      step: error.step ?? null,
      message: error.message,
      hint: error.hint ?? null,
      exit_code: error.exitCode,
      ...(error instanceof ErrorResponseError ? { oauth: error.oauth } : {}),
      ...('check' in error && typeof error.check === 'string' ? { check: error.check } : {}),
    },
    ...membersOf(diagnosed),
    checks,
  };
}

/** Takes secrets out of what a run that failed says; its codes, ids and titles are the tool's own and stay. */
export function redactErrorDocument(
  { version, error, diagnosis, ruled_out, phases, checks }: ErrorDocument,
  { redactMessage, redactValue, redactJudged }: Redactor,
): ErrorDocument {
  return {
    version,
    error: {
      ...error,
      message: redactMessage(error.message),
      hint: error.hint === null ? null : redactMessage(error.hint),
      ...(error.oauth === undefined ? {} : { oauth: redactValue(error.oauth) }),
    },
    ...(diagnosis === undefined ? {} : redactJudged({ diagnosis, ruled_out })),
    ...(phases === undefined ? {} : redactJudged({ phases })),
    checks: redactJudged(checks),
  };
}

/** How a failed run is told. */
export interface ErrorTelling {
  readonly looks: Looks;
  /** Whether a server was asked: the exit status then says how that went. */
  readonly hasRun?: boolean;
  /** The command that shows all of the run; what is told then takes twelve lines. */
  readonly more?: string;
}

/** With more lines, what happened leaves the screen. */
const fewLines = 12;

/**
 * A failed run as text ending in a line feed: the checks that did not pass, what happened, what the server said
 * (unaltered but inert), the likely causes, and last what to do next. A check that ended the run is what happened:
 * it is not listed again, nor is what it compared. In a few lines it is what happened and the first cause.
 */
export function renderError(
  { error, checks, diagnosis: causes = [], ruled_out = [] }: ErrorDocument,
  { looks, hasRun = false, more }: ErrorTelling,
): string {
  const layout = createLayout(looks);
  const ending = checks.find(({ id, outcome }) => id === error.check && outcome === 'fail');
  const unsettled = ['fail', 'warn'].flatMap((outcome) =>
    checks.filter((check) => check !== ending && check.outcome === outcome),
  );
  // An expectation that was not met is told with what came instead.
  const compared = ending === undefined || error.code === 'expectation_failed' ? [] : comparedRows(ending);
  const head = [
    ...labelled('error:', error.message, layout.bad),
    ...layout.rows([...compared, ...serverRows(error.oauth)]),
  ];
  const told = causes.map((cause) => withoutRepetition(cause, error.message, ending));
  const next = error.hint === null ? [] : labelled('next:', error.hint, layout.strong);
  const status = `exit status ${error.exit_code}`;
  if (more !== undefined) return joinLines(inFewLines(more));
  const list =
    unsettled.length === 0
      ? []
      : [
          ...layout.heading('Checks that did not pass').slice(1),
          ...unsettled.flatMap((check) => renderCheck(check, layout)),
        ];
  // Known causes come before mere oddities.
  const isAside = causes.length > 0 && unsettled.every(({ outcome }) => outcome === 'warn');
  return joinLines([
    ...(list.length === 0 || isAside ? [] : [...list, '']),
    ...head,
    ...(causes.length === 0 ? [] : ['', ...causeHeading(), ...told.flatMap(causeLines)]),
    ...renderRuledOut(ruled_out, layout),
    ...(list.length > 0 && isAside ? ['', ...list] : []),
    ...(next.length === 0 ? [] : ['', ...next]),
    ...(hasRun ? [...(next.length === 0 ? [''] : []), layout.dim(status)] : []),
  ]);

  function inFewLines(command: string): string[] {
    const left = [counted(told.length - 1, 'more cause'), counted(unsettled.length, 'more check')].filter(
      Boolean,
    );
    const end = labelled(
      `${status}.`,
      `${left.length === 0 ? 'The whole run' : left.join(' and ')}: ${command}`,
      layout.dim,
    );
    const [first] = told;
    const forms =
      first === undefined
        ? [next]
        : shorterForms(first).map((form) => [...causeHeading(), ...causeLines(form, 0)]);
    const short = forms.at(-1) ?? [];
    const room = Math.max(2, fewLines - end.length - short.length);
    const shown = head.length <= room ? head : [...head.slice(0, room - 1), `  ${layout.ellipsis}`];
    const rest = fewLines - end.length - shown.length;
    const body = forms.find((lines) => lines.length <= rest) ?? short;
    const fits = first !== undefined && body.length + next.length <= rest;
    return [...shown, ...body, ...(fits ? next : []), ...end];
  }

  function causeHeading(): string[] {
    return [layout.strong(more !== undefined && causes.length === 1 ? 'likely cause:' : 'likely causes:')];
  }

  function causeLines(cause: ShownDiagnosis, index: number): string[] {
    return renderDiagnosis(cause, `${index + 1}.`, layout);
  }

  function labelled(label: string, text: string, paint: Paint): string[] {
    const [first = '', ...rest] = layout.paragraph(`${label} ${text}`, { wrap: wrapNotice });
    return [paint(label) + first.slice(2 + label.length), ...rest];
  }
}

/** A cause, and the same with less and less around what it is and what to do. */
function shorterForms(cause: ShownDiagnosis): readonly ShownDiagnosis[] {
  const { source, ...sourceless } = cause;
  const { why, ...reasonless } = sourceless;
  const { expected, received, ...short } = reasonless;
  return [cause, sourceless, reasonless, short];
}

function counted(count: number, what: string): string {
  return count <= 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** A diagnosis without what was said just before it. */
function withoutRepetition(
  diagnosis: Diagnosis,
  message: string,
  ending: CheckResult | undefined,
): ShownDiagnosis {
  const { why, expected, received, ...rest } = diagnosis;
  const isCompared = ending !== undefined && ending.expected === expected && ending.received === received;
  return {
    ...rest,
    ...(message.includes(why) ? {} : { why }),
    ...(isCompared || expected === undefined ? {} : { expected }),
    ...(isCompared || received === undefined ? {} : { received }),
  };
}

function serverRows(oauth: ErrorDocument['error']['oauth']): Row[] {
  const rows = rowsOf(
    ['error', oauth?.error],
    ['error_description', oauth?.error_description],
    ['error_uri', oauth?.error_uri],
    ['HTTP status', oauth?.status],
  );
  // On one line each, as the server's words are not to look like rows of their own.
  return rows.map(({ name, value }) => ({ name, value: inertText(value) }));
}
