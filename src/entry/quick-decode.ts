import { fstatSync } from 'node:fs';
import { readRegularFile } from '../adapters/open-file.ts';
import { showsColor, showsUnicode } from '../adapters/terminal.ts';
import { tryToWrite } from '../adapters/write-whole.ts';
import { describePlainToken } from '../commands/decode/plain-token.ts';
import { isPath, isToken } from '../commands/decode/token-input.ts';
import { readJose } from '../jose/read-token.ts';
import type { TokenDocument } from '../output/decode-document.ts';
import { renderDecode } from '../output/render-decode.ts';
import { renderJson } from '../output/render-json.ts';
import { decodeText, largestText } from '../protocol/text-input.ts';
import { findTokens } from '../recording/find-tokens.ts';
import { describeOpaqueToken } from '../recording/opaque-token.ts';
import type { PeekedArgv } from './peek-argv.ts';

/**
 * Answers a `decode` without options but `--json` as the whole program would; false, with nothing printed, when that
 * has to answer: an SD-JWT (whose digests need a hash), a file that cannot be read, text without a token.
 */
export function answerDecode({ input, json }: Extract<PeekedArgv, { type: 'decode' }>): boolean {
  const text = readInput(input);
  if (text === undefined) return false;
  const search = findTokens(text);
  if (search.type === 'nothing' || search.leftOut > 0) return false;
  const times = { now: new Date(), clockToleranceSeconds: 5 };
  const tokens: TokenDocument[] = [];
  for (const { text: token, name } of search.tokens) {
    if (token.includes('~')) return false;
    tokens.push(describePlainToken(readJose(token) ?? describeOpaqueToken(token), name, times));
  }
  const looks = looksOfStdout(times.now);
  const document = { version: 1, tokens } as const;
  return tryToWrite(
    json ? renderJson(document, { pretty: looks.isTTY, color: looks.color }) : renderDecode(document, looks),
  );
}

function readInput(text: string): string | undefined {
  if (isToken(text)) return text;
  try {
    return decodeText(readRegularFile(text, largestText).octets);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isMissing && !isPath(text) ? text : undefined;
  }
}

/** How stdout shows text; a file or pipe is not a character device, and Node's module for terminals is not loaded. */
function looksOfStdout(now: Date) {
  const isTTY = fstatSync(1).isCharacterDevice() && process.stdout.isTTY === true;
  return {
    isTTY,
    columns: (isTTY && process.stdout.columns) || 80,
    color: showsColor('auto', process.env, isTTY),
    unicode: showsUnicode(process.env, process.platform),
    now,
    showSecrets: false,
  };
}
