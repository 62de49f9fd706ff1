import type { CheckResult } from '../checks/check-result.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { ErrorResponseError, type NamedError } from '../errors.ts';
import type { ErrorDocument } from './documents.ts';
import { createLayout, joinLines, type Row, rowsOf } from './layout.ts';
import type { Redactor } from './redact.ts';
import { comparedRows, renderCheck } from './render-checks.ts';
import { renderDiagnosis, type ShownDiagnosis } from './render-diagnosis.ts';
import { inertText } from './terminal-text.ts';
import type { Looks, Paint } from './view.ts';
import { wrapNotice } from './width.ts';

/** The JSON document of a run that failed, from the error, the checks made before it and its likely causes. */
export function buildErrorDocument(
  error: NamedError,
  checks: readonly CheckResult[],
  diagnosis: readonly Diagnosis[] = [],
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
    ...(diagnosis.length === 0 ? {} : { diagnosis }),
    checks,
  };
}

/** Takes secrets out of what a run that failed says; its codes, ids and titles are the tool's own and stay. */
export function redactErrorDocument(
  { version, error, diagnosis, checks }: ErrorDocument,
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
    ...(diagnosis === undefined ? {} : { diagnosis: redactJudged(diagnosis) }),
    checks: redactJudged(checks),
  };
}

/**
 * A failed run as text ending in a line feed: the checks that did not pass, what happened, what the server said
 * (unaltered but inert), the likely causes, and last what to do next. A check that ended the run is what happened:
 * it is not listed again, nor is what it compared.
 */
export function renderError(
  { error, checks }: ErrorDocument,
  { looks, causes = [] }: { readonly looks: Looks; readonly causes?: readonly (Diagnosis | string)[] },
): string {
  const layout = createLayout(looks);
  const ending = checks.find(({ id, outcome }) => id === error.check && outcome === 'fail');
  const unsettled = ['fail', 'warn'].flatMap((outcome) =>
    checks.filter((check) => check !== ending && check.outcome === outcome),
  );
  // An expectation that was not met is told with what came instead.
  const compared = ending === undefined || error.code === 'expectation_failed' ? [] : comparedRows(ending);
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
    ...labelled('error:', error.message, layout.bad),
    ...layout.rows([...compared, ...serverRows(error.oauth)]),
    ...(causes.length === 0 ? [] : ['', layout.strong('likely causes:')]),
    ...causes.flatMap((cause, index) =>
      typeof cause === 'string'
        ? layout.paragraph(cause, { indent: 4, lead: layout.bullet, wrap: wrapNotice })
        : renderDiagnosis(withoutRepetition(cause, error.message, ending), `${index + 1}.`, layout),
    ),
    ...(list.length > 0 && isAside ? ['', ...list] : []),
    ...(error.hint === null ? [] : ['', ...labelled('next:', error.hint, layout.strong)]),
  ]);

  function labelled(label: string, text: string, paint: Paint): string[] {
    const [first = '', ...rest] = layout.paragraph(`${label} ${text}`, { wrap: wrapNotice });
    return [paint(label) + first.slice(2 + label.length), ...rest];
  }
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
