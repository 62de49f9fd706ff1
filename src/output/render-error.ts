import type { CheckResult } from '../checks/check-result.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { ErrorResponseError, FindingsError, type NamedError, ValidationError } from '../errors.ts';
import type { ErrorDocument } from './documents.ts';
import { type Row, renderHeading, renderRows } from './layout.ts';
import { comparedRows, renderCheck } from './render-checks.ts';
import { renderDiagnosis, type ShownDiagnosis } from './render-diagnosis.ts';
import { inertText } from './terminal-text.ts';
import { createStyle, type Looks, layoutColumns } from './view.ts';
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
      ...((error instanceof ValidationError || error instanceof FindingsError) && error.check !== undefined
        ? { check: error.check }
        : {}),
    },
    ...(diagnosis.length === 0 ? {} : { diagnosis }),
    checks,
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
  const style = createStyle(looks);
  const columns = layoutColumns(looks);
  const ending = checks.find(({ id, outcome }) => id === error.check && outcome === 'fail');
  const unsettled = checks.filter(
    (check) => check !== ending && (check.outcome === 'fail' || check.outcome === 'warn'),
  );
  // An expectation that was not met is told with what came instead.
  const compared = ending === undefined || error.code === 'expectation_failed' ? [] : comparedRows(ending);
  const heading = renderHeading('Checks that did not pass', undefined, looks, style).slice(1);
  const list = unsettled
    .toSorted((a, b) => Number(b.outcome === 'fail') - Number(a.outcome === 'fail'))
    .flatMap((check) => renderCheck(check, looks, style));
  // What is known to be the cause comes before what is merely odd.
  const isAside = causes.length > 0 && unsettled.every(({ outcome }) => outcome === 'warn');
  const lines = [
    ...(unsettled.length === 0 || isAside ? [] : [...heading, ...list, '']),
    ...labelled('error:', error.message, style.bad),
    ...renderRows([...compared, ...serverRows(error.oauth)], looks, style),
    ...(causes.length === 0 ? [] : ['', style.strong('likely causes:')]),
    ...causes.flatMap((cause, index) =>
      typeof cause === 'string'
        ? bulleted(cause)
        : renderDiagnosis(withoutRepetition(cause, error.message, ending), `${index + 1}.`, looks, style),
    ),
    ...(unsettled.length > 0 && isAside ? ['', ...heading, ...list] : []),
    ...(error.hint === null ? [] : ['', ...labelled('next:', error.hint, style.strong)]),
  ];
  return `${lines.join('\n')}\n`;

  function labelled(label: string, text: string, paint: (text: string) => string): string[] {
    const wrapped = wrapNotice(`${label} ${inertText(text)}`, columns - 2);
    return wrapped.map((line, index) =>
      index === 0 ? paint(label) + line.slice(label.length) : `  ${line}`,
    );
  }

  function bulleted(text: string): string[] {
    const wrapped = wrapNotice(inertText(text), columns - 4);
    return wrapped.map((line, index) => (index === 0 ? `  ${style.bullet} ` : '    ') + line);
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
  if (oauth === undefined) return [];
  const rows: readonly (readonly [string, string | number | null])[] = [
    ['error', oauth.error],
    ['error_description', oauth.error_description],
    ['error_uri', oauth.error_uri],
    ['HTTP status', oauth.status],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [{ name, value: inertText(String(value)) }]));
}
