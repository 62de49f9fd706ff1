import { pathToFileURL } from 'node:url';
import { redactTrace } from '../../output/trace/redact-trace.ts';
import { renderTrace } from '../../output/trace/render-trace.ts';
import type { Recording } from '../../recording/recording.ts';
import { lastRecordingPath } from '../../storage/places.ts';
import type { Invocation } from '../command.ts';
import { createRunRedactor } from '../run-redactor.ts';
import { tellStep } from '../tell.ts';
import { secretsOf, writeLast } from './keep-last.ts';

/** Writes the report of a run as HTML, redacted, over that of the run before, and opens it. @throws ConfigError */
export async function showReport(recording: () => Promise<Recording>, invocation: Invocation): Promise<void> {
  const { context, journal, output } = invocation;
  const trace = redactTrace(await recording(), secretsOf(journal), createRunRedactor(journal));
  const path = lastRecordingPath(context).replace(/json$/, 'html');
  await writeLast(context, path, renderTrace(trace, 'html'));
  const launch = await context.openBrowser(pathToFileURL(path).href, output.browser);
  const isOpened = launch.type === 'opened';
  tellStep(context.terminal.stderr, {
    mark: isOpened ? 'pass' : 'warn',
    name: 'Report',
    text: isOpened ? `opened: ${path}` : `no browser was opened; the report is in ${path}`,
  });
}
