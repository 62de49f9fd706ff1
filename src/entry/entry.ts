import { existsSync, readFileSync } from 'node:fs';
import { version } from '../../package.json';
import { tryToWrite } from '../adapters/write-whole.ts';
import { type PeekedArgv, peekArgv } from './peek-argv.ts';
import { answerToken } from './quick-token.ts';

// Usual command lines are answered here with hardly anything loaded; all others load the whole program.
if (!answerQuickly(peekArgv(process.argv.slice(2), process.env))) require('./main.cjs');

function answerQuickly(asked: PeekedArgv): boolean {
  switch (asked.type) {
    case 'version':
      return tryToWrite(`${version}\n`);
    case 'help':
      return answerHelp(asked.topic);
    case 'token': {
      const answer = answerToken(asked);
      if (typeof answer === 'object') require('./quick-refresh.cjs').refreshQuickly(answer);
      return answer !== 'left';
    }
    case 'decode':
      return require('./decode.cjs').answerDecode(asked);
    case 'other':
      return false;
  }
}

/** Prints help from the files that the build took from the whole program. */
function answerHelp(topic: string): boolean {
  const file = `${__dirname}/help/${topic}.txt`;
  return /^[a-z-]+$/.test(topic) && existsSync(file) && tryToWrite(readFileSync(file, 'utf8'));
}
