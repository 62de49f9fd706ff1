import { existsSync, readFileSync } from 'node:fs';
import { version } from '../../package.json';
import { tryToWrite } from '../adapters/write-whole.ts';
import { answerToken } from './quick-token.ts';

// What can be answered with hardly anything loaded is answered here; all else goes to the whole program.
const words = process.argv.slice(2);
const [first = '', second, ...rest] = words;
const alone = second === undefined;

if (!answerVersion() && !answerQuickly() && !answerHelp()) require('./main.cjs');

function answerVersion(): boolean {
  return alone && (first === '--version' || first === '-V') && tryToWrite(`${version}\n`);
}

/** Two commands that are run often, when nothing but the usual is asked of them. */
function answerQuickly(): boolean {
  if (first === 'token') {
    const answer = answerToken(words.slice(1));
    if (answer.type === 'refresh') require('./quick-refresh.cjs').refreshQuickly(answer.renewal);
    return answer.type !== 'left';
  }
  return first === 'decode' && require('./decode.cjs').answerDecode(words.slice(1));
}

/** Help is printed from files that the build took from the whole program. */
function answerHelp(): boolean {
  const isFlag = (word: string | undefined) => word === '--help' || word === '-h';
  const topic = alone && isFlag(first) ? 'oauth-code' : isFlag(second) && rest.length === 0 ? first : '';
  const file = `${__dirname}/help/${topic}.txt`;
  if (!/^[a-z-]+$/.test(topic) || !existsSync(file)) return false;
  return tryToWrite(readFileSync(file, 'utf8'));
}
