import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { redactTrace, revealTrace } from '../output/trace/redact-trace.ts';
import { renderTrace } from '../output/trace/render-trace.ts';
import type { Recording } from '../recording/recording.ts';
import type { OptionTable } from '../settings/option-reader.ts';
import { noInputOptions, offlineOutputOptions } from '../settings/options.ts';
import { type ReportSettings, settleReport } from '../settings/settle-inspection.ts';
import { defineCommand, type Invocation } from './command.ts';
import { readRecording } from './report/read-recording.ts';
import { tellStep } from './tell.ts';
import { namingSource, requireReplaceable } from './trace/require-replaceable.ts';

const reportOptions: OptionTable = {
  '--format <format>': {
    description: 'default: by the ending of --out, else ascii',
    choices: ['html', 'har', 'mermaid', 'markdown', 'ascii', 'curl', 'json'],
  },
  '--out <file>': 'write to this file (0600) and not to stdout',
};

const examples = `
Examples:
  The last run, of which a redacted recording is kept:
  $ oauth-code report last

  Any run:
  $ oauth-code login -p work --trace run.json

  A diagram in the terminal; a page to look at and to pass on:
  $ oauth-code report run.json
  $ oauth-code report run.json --out run.html

  For a ticket; single requests to repeat:
  $ oauth-code report run.json --format markdown
  $ oauth-code report run.json --format curl

TRACE may also be a HAR of a browser, output of curl -i, or - for stdin. A file named
last is ./last.`;

/** Gives `report` its argument, options and action. */
export const define = defineCommand({
  description:
    'Turn a recorded run into HTML, HAR, Mermaid, Markdown, curl commands or a diagram. No network.',
  usage: '[TRACE] [options]',
  words: {
    '[trace]': 'trace, HAR, output of curl -i, saved response or JWT; - for stdin, last for the last run',
  },
  groups: [
    ['Report:', reportOptions],
    ['Output:', { ...offlineOutputOptions, ...noInputOptions }],
  ],
  notes: examples,
  async action({ settleAlone }, [trace]) {
    const [settings, invocation] = await settleAlone(settleReport);
    await runReport(settings, trace ?? '-', invocation);
  },
});

/** Reads a recorded run and prints or writes it in the format asked for, redacted unless secrets are asked for. */
async function runReport(
  { format, out }: ReportSettings,
  path: string,
  invocation: Invocation,
): Promise<void> {
  const { context, output } = invocation;
  const { stdout, stderr } = context.terminal;
  const { quiet, showSecrets } = output;
  if (out !== undefined && resolve(out) === resolve(path)) {
    throw new UsageError('--out would replace the trace itself.', { hint: 'Name another file.' });
  }
  const file =
    out === undefined ? undefined : { path: out, format, source: '--out', what: 'a report' as const };
  if (file !== undefined) await requireReplaceable(file, context);
  const trace = settleSecrets(await readRecording(path, invocation), showSecrets);
  if (showSecrets) {
    const text =
      trace.secrets === 'shown'
        ? 'the report holds tokens and other secrets'
        : 'nothing to show: they were redacted when the run was recorded';
    tellStep(stderr, { mark: 'warn', name: 'Secrets', text });
  }
  if (file === undefined) return stdout.write(renderTrace(trace, format, stdout));
  const { path: target, source } = file;
  await namingSource(target, source, () => context.files.write(target, renderTrace(trace, format)));
  if (quiet) return;
  tellStep(stderr, { mark: 'pass', name: 'Report', text: `written to ${target}` });
}

function settleSecrets(trace: Recording, showSecrets: boolean): Recording {
  if (!showSecrets) return redactTrace(trace);
  return trace.secrets === 'shown' ? revealTrace(trace) : trace;
}
