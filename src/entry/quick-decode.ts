import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { showsColor, showsUnicode } from '../adapters/terminal.ts';
import { tryToWrite } from '../adapters/write-whole.ts';
import { isPath, isToken } from '../commands/decode/token-words.ts';
import { findTokens } from '../jose/token-text/find-tokens.ts';
import { describeOpaqueToken } from '../jose/token-text/opaque-token.ts';
import { readJose } from '../jose/token-text/read-token.ts';
import type { TokenDocument } from '../output/decode-document.ts';
import { renderDecode } from '../output/render-decode.ts';
import { renderJson } from '../output/render-json.ts';
import { largestText } from '../protocol/largest-text.ts';
import { describePlainToken } from '../sessions/plain-token.ts';

/** Variables that change nothing about what is in a token. */
const harmlessVariables = new Set([
  'OAUTH_CODE_HOME',
  'OAUTH_CODE_STORE',
  'OAUTH_CODE_CLIENT_SECRET',
  'OAUTH_CODE_ACCESS_TOKEN',
]);

/**
 * Answers a `decode` that asks for nothing but decoding as the whole program would, without loading it; true when it
 * did. Whatever is in doubt is left to that: other options, variables, an SD-JWT (whose digests need a hash), files
 * that cannot be read, text without a token.
 */
export function answerDecode(words: readonly string[]): boolean {
  const named = words.filter((word) => word !== '--json');
  if (named.some((word) => word.startsWith('-')) || named.length === 0) return false;
  const variables = Object.keys(process.env).filter((name) => name.startsWith('OAUTH_CODE_'));
  if (variables.some((name) => !harmlessVariables.has(name))) return false;
  const text = readInput(named.join(' '));
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
    named.length < words.length
      ? renderJson(document, { pretty: looks.isTTY, color: looks.color })
      : renderDecode(document, looks),
  );
}

function readInput(text: string): string | undefined {
  if (isToken(text)) return text;
  try {
    const file = openSync(text, 'r');
    try {
      const stat = fstatSync(file);
      return stat.isFile() && stat.size <= largestText ? readFileSync(file, 'utf8') : undefined;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isMissing && !isPath(text) ? text : undefined;
  }
}

/** What is no character device is no terminal; only for one is the module that knows terminals loaded. */
function looksOfStdout(now: Date) {
  const isTTY = fstatSync(1).isCharacterDevice() && process.stdout.isTTY === true;
  return {
    isTTY,
    columns: (isTTY && process.stdout.columns) || 80,
    color: showsColor('auto', process.env, isTTY),
    unicode: showsUnicode(process.env, process.platform),
    now,
    utcOffsetMinutes: (at: Date) => -at.getTimezoneOffset(),
    showSecrets: false,
  };
}
