import { version } from '../../../package.json';
import type { Context } from '../../context.ts';
import { BugError, CancelledError, NamedError } from '../../errors.ts';
import { recordedEvent } from '../../flows/recorded-event.ts';
import type { Secret } from '../../output/redact.ts';
import { renderJson } from '../../output/render-json.ts';
import { redactTrace } from '../../output/trace/redact-trace.ts';
import type { RecordedEvent, Recording } from '../../recording/recording.ts';
import { requireOwnFolder } from '../../storage/own-file.ts';
import { lastRecordingPath } from '../../storage/places.ts';
import type { Invocation } from '../command.ts';
import type { Journal, NotedRun } from '../journal.ts';
import { createRunRedactor } from '../run-redactor.ts';
import { tellStep } from '../tell.ts';

/** In characters; the answer of an API may be a file of many megabytes. */
const longestBody = 500_000;

/**
 * Writes the recording of a run that asked a server, redacted, over that of the run before. One that cannot be written
 * is told and is not a failure.
 */
export async function keepLast(
  run: NotedRun,
  recording: () => Promise<Recording>,
  invocation: Invocation,
): Promise<void> {
  const { context, journal, output } = invocation;
  const { quiet, keepsLast } = output;
  if (!keepsLast || !asksServer(run)) return;
  try {
    const raw = await recording();
    const events = raw.events.map(withoutLargeBody);
    const last = redactTrace({ ...raw, events }, secretsOf(journal), createRunRedactor(journal));
    const text = renderJson(last, { pretty: true });
    await writeLast(context, lastRecordingPath(context), text);
    journal.keptLast = true;
  } catch (problem) {
    const reason = problem instanceof NamedError ? problem.message : 'something went wrong in oauth-code.';
    if (!quiet)
      tellStep(context.terminal.stderr, { mark: 'warn', name: 'Recording', text: `not kept: ${reason}` });
  }
}

/** @throws ConfigError when it cannot be written, or when others can put a link to another file in its place */
export async function writeLast(
  { files }: Pick<Context, 'files'>,
  path: string,
  text: string,
): Promise<void> {
  await requireOwnFolder(files, path);
  await files.write(path, text, { synced: false });
}

/** Whether a request was made, or the browser was sent to the server. */
export function asksServer({ notes }: NotedRun): boolean {
  return notes.some(({ event }) => /^(?:exchange|request-failed|authorization-url)$/.test(event.type));
}

/** Makes the recording of a run that has ended when it is first asked for: not every run keeps one. */
export function recordingOf(run: NotedRun, error: unknown, invocation: Invocation): () => Promise<Recording> {
  let made: Promise<Recording> | undefined;
  return () => {
    made ??= outcomeOf(error, invocation.journal).then((outcome) => buildRecording(run, outcome, invocation));
    return made;
  };
}

/** What was noted of a run as a recording that holds its secrets. */
export function buildRecording(
  { command, startedAt, startedMs, notes }: NotedRun,
  outcome: Recording['outcome'],
  { context }: Invocation,
): Recording {
  const events = notes.flatMap(({ event, at, ms }) => recordedEvent(event, ms - startedMs, at) ?? []);
  return {
    version: 1,
    kind: 'trace',
    recorded_by: `oauth-code ${version}`,
    command,
    started_at: startedAt.toISOString(),
    duration_ms: Math.round((context.monotonicMs() - startedMs) * 1000) / 1000,
    secrets: 'shown',
    outcome,
    // An exchange is told when it ends and belongs where it began.
    events: events.toSorted((a, b) => a.at_ms - b.at_ms),
    tokens: [],
  };
}

/** The secrets that the run knew, each once. */
export function secretsOf({ secrets }: Pick<Journal, 'secrets'>): readonly Secret[] {
  const seen = new Set<string>();
  return secrets.filter(({ value }) => !seen.has(value) && seen.add(value));
}

/** How the run ended, with the likely causes of a failure. */
async function outcomeOf(error: unknown, journal: Journal): Promise<Recording['outcome']> {
  if (error === undefined) return { status: 'done' };
  const named = error instanceof NamedError ? error : new BugError(error);
  const { diagnoseFailure } = await import('../diagnose-failure.ts');
  const { buildErrorDocument } = await import('../../output/render-error.ts');
  const { version, checks, ...told } = buildErrorDocument(named, [], diagnoseFailure(named, journal));
  return { status: named instanceof CancelledError ? 'cancelled' : 'failed', ...told };
}

function withoutLargeBody(event: RecordedEvent): RecordedEvent {
  if (event.type !== 'exchange' || (event.response?.body?.length ?? 0) <= longestBody) return event;
  return { ...event, response: event.response && { ...event.response, body: null } };
}
