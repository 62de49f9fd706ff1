import type { Context } from '../context.ts';
import { BugError, type CancelledError, ErrorResponseError, NamedError } from '../errors.ts';
import { likelyCauses } from '../output/explain-oauth-error.ts';
import { createRedactor } from '../output/redact.ts';
import { buildErrorDocument, renderError } from '../output/render-error.ts';
import { renderJson } from '../output/render-json.ts';
import type { Journal } from './journal.ts';

const endpoints = {
  authorization_error: 'authorization',
  token_error: 'token',
  endpoint_error: 'userinfo',
} as const;

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
  const { redact, redactValue } = createRedactor(words.includes('--show-secrets') ? [] : journal.secrets);

  const causes = causesOf(error, journal);
  if (words.includes('--debug') || context.env.OAUTH_CODE_DEBUG) {
    const cause = error.cause instanceof Error ? error.cause : error;
    stderr.write(`${redact(cause.stack ?? cause.message)}\n`);
  }
  const document = redactValue(buildErrorDocument(error, journal.checks));
  if (asksForJson(words, context)) {
    const hint = document.error.hint ?? (causes.length === 0 ? null : causes.join(' '));
    stderr.write(renderJson({ ...document, error: { ...document.error, hint } }, { pretty: false }));
  } else {
    stderr.write(renderError(document, { looks: stderr, causes }));
  }
  return (error as NamedError | CancelledError).exitCode;
}

function causesOf(error: NamedError, { situation }: Journal): readonly string[] {
  if (!(error instanceof ErrorResponseError)) return [];
  const endpoint = endpoints[error.code as keyof typeof endpoints];
  return likelyCauses(error.oauth.error, { ...situation, endpoint });
}

/** Read from the words, because the command line may be what is wrong. */
function asksForJson(words: readonly string[], { env }: Context): boolean {
  return (
    words.includes('--json') ||
    /^(1|true|yes|on)$/i.test(env.OAUTH_CODE_JSON ?? '') ||
    words.some((word, index) => /^(-o|--output)$/.test(word) && words[index + 1] === 'json') ||
    words.some((word) => /^(-o|--output=)json$/.test(word))
  );
}
