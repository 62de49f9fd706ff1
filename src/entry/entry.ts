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
      return require('./quick-help.cjs').answerHelp(asked);
    case 'token': {
      const answer = answerToken(asked);
      if (typeof answer === 'object') require('./quick-refresh.cjs').refreshQuickly(answer);
      return answer !== 'left';
    }
    case 'other':
      return false;
  }
}
