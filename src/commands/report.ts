import type { OptionSpec } from '../settings/option-reader.ts';
import { noInputOptions, offlineOutputOptions } from '../settings/options.ts';
import { settleReport } from '../settings/settle-inspection.ts';
import { defineCommand } from './command.ts';

const reportOptions: readonly OptionSpec[] = [
  {
    flags: '--format <format>',
    description: 'default: by the ending of --out, else ascii',
    choices: ['html', 'har', 'mermaid', 'markdown', 'ascii', 'curl', 'json'],
  },
  { flags: '--out <file>', description: 'write to this file (0600) and not to stdout' },
];

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
    ['Output:', [...offlineOutputOptions, ...noInputOptions]],
  ],
  notes: examples,
  async action({ settleAlone, invocation }, [trace]) {
    const { runReport } = await import('./report/run-report.ts');
    await runReport(await settleAlone(settleReport), trace ?? '-', invocation);
  },
});
