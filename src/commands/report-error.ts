import type { Context } from '../context.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { BugError, CancelledError, NamedError } from '../errors.ts';
import { secretsOfUrl } from '../output/redact.ts';
import { buildErrorDocument, redactErrorDocument, renderError } from '../output/render-error.ts';
import { renderJson } from '../output/render-json.ts';
import { variableName } from '../settings/setting-layers.ts';
import { diagnoseFailure } from './diagnose-failure.ts';
import { checksOfRun, type Journal } from './journal.ts';
import { createRunRedactor } from './run-redactor.ts';

/**
 * Prints why a run failed as the last thing on stderr, as one JSON line when the command line asks for JSON, and
 * returns the exit status. Secrets the run knew are redacted.
 */
export function reportError(
  thrown: unknown,
  argv: readonly string[],
  context: Context,
  journal: Journal,
): number {
  const error = thrown instanceof NamedError ? thrown : new BugError(thrown);
  const { stderr } = context.terminal;
  const words = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
  // A word that no command takes is quoted too; none has learned the secrets of such a URL.
  const known = [
    ...journal.secrets,
    ...words.map((word) => word.replace(/^--[^=]*=/, '')).flatMap(secretsOfUrl),
  ];
  const secrets = isOn('show-secrets', words, context) ? [] : known;
  const redactor = createRunRedactor({ ...journal, secrets });
  const { redact } = redactor;

  const causes = journal.causes ?? diagnoseFailure(error, journal);
  if (isOn('debug', words, context)) {
    const cause = error.cause instanceof Error ? error.cause : error;
    stderr.write(`${redact(cause.stack ?? cause.message)}\n`);
  }
  const isVerbose = isOn('verbose', words, context) || words.some((word) => /^-[a-z]*v/.test(word));
  // Findings were the result, which was shown whole.
  const hasMore = journal.keptLast === true && !isVerbose && error.code !== 'findings';
  const { phases } = journal;
  const built = buildErrorDocument(error, checksOfRun(journal), causes);
  const document = redactErrorDocument(phases === undefined ? built : { ...built, phases }, redactor);
  if (asksForJson(words, context)) {
    const hint = document.error.hint ?? hintOf(document.diagnosis);
    stderr.write(renderJson({ ...document, error: { ...document.error, hint } }, { pretty: false }));
  } else {
    if (journal.told) stderr.write('\n');
    // Ctrl-C needs no explanation.
    const cancelled = error instanceof CancelledError;
    stderr.write(
      cancelled
        ? `${error.message}\n`
        : renderError(document, {
            looks: {
              columns: stderr.columns,
              color: stderr.color,
              unicode: stderr.unicode,
              allChecks: isVerbose,
            },
            hasRun: journal.events.length > 0,
            ...(hasMore ? { more: shownBy(journal) } : {}),
          }),
    );
  }
  return error.exitCode;
}

/** The causes that were shown knew the session, which the recording does not. */
function shownBy({ causes }: Journal): string {
  return causes === undefined ? 'oauth-code debug last' : 'run it again with -v';
}

function hintOf([first]: readonly Diagnosis[] = []): string | null {
  return first === undefined ? null : `${first.cause} ${first.try}`;
}

/** Read from the words, because the command line may be what is wrong. */
function asksForJson(words: readonly string[], context: Context): boolean {
  const formats = words.flatMap((word, index) =>
    /^(-[qv]*o|--output)$/.test(word)
      ? [words[index + 1]]
      : (/^(?:-[qv]*o|--output=)(.+)$/.exec(word)?.slice(1) ?? []),
  );
  if (words.includes('--json') || formats.length > 0) {
    return words.includes('--json') || formats.at(-1) === 'json';
  }
  return context.env.OAUTH_CODE_OUTPUT === 'json' || isOn('json', [], context);
}

function isOn(name: string, words: readonly string[], { env }: Context): boolean {
  return words.includes(`--${name}`) || /^(1|true|yes|on)$/i.test(env[variableName(name)] ?? '');
}
