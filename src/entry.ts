import { writeSync } from 'node:fs';
import { version } from '../package.json';

/** Text of `--help`, put here by the build from what the full program prints. */
declare const HELP_TEXT: string;

const [first, ...rest] = process.argv.slice(2);
const alone = rest.length === 0;

if (alone && (first === '--version' || first === '-V')) answer(`${version}\n`);
else if (alone && (first === '--help' || first === '-h')) answer(HELP_TEXT);
else require('./main.cjs');

/** Writes without `process.stdout`, which costs a tenth of the start-up; a pipe that is full is waited for. */
function answer(text: string): void {
  const octets = Buffer.from(text);
  for (let written = 0; written < octets.length; ) {
    try {
      written += writeSync(1, octets, written);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') continue;
      if (code === 'EPIPE') return;
      throw error;
    }
  }
}
