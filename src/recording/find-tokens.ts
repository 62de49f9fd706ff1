import { whatKeySetsAreFor } from '../jose/jwk-set.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { type BodyReading, isStructured, readResponseBody } from '../protocol/response-body.ts';
import { looksBinary } from '../protocol/text-input.ts';
import {
  collectMembers,
  collectParameters,
  compactFromJson,
  decodeBase64Jwt,
  type FoundToken,
  labelOf,
  scanForJwts,
  stripQuotes,
  type TokenSearch,
} from './collect-tokens.ts';

/** Servers do not issue shorter tokens. */
const shortestOpaque = 8;

/**
 * Finds the tokens in what a person pasted or saved: a bare token (in quotes, wrapped over lines, percent-encoded,
 * behind `Bearer` or the name of a header field), a response or any other JSON, a URL, form data, or running text
 * with JWTs in it. In linear time and for any text; nothing is decoded beyond what tells a token from other text.
 */
export function findTokens(input: string): TokenSearch {
  const text = cleanText(input);
  if (text === '') return nothing('empty');
  const body = readResponseBody(text);
  // As form data, what stands in front of the first name would belong to it.
  if (body.type === 'form' && /^(?:[?#&]|[a-z][\w+.-]*:\/\/)/i.test(text)) return inPlainText(text, body);
  if (isStructured(body)) return inDocument(text, body.document.value, () => collectMembers(body.document));
  if (body.type !== 'plain_text') return inText(text, body);
  return inPlainText(text, body);
}

/** Longer texts hold no tokens that were shortened for display; looking for one costs time. */
const longestShown = 10_000;

/** What chats and editors put between characters, so that lines may break there. */
const invisible = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;

/** UTF-16 that was read as UTF-8, as PowerShell saves it, has a NUL beside each character. */
function cleanText(input: string): string {
  const narrow = input.includes('\0') ? input.replaceAll('\0', '').replace(/^\uFFFD+/, '') : input;
  return stripQuotes(narrow.replace(invisible, ''));
}

function inDocument(text: string, value: unknown, collect: () => readonly FoundToken[]): TokenSearch {
  const serialized = isJsonObject(value) ? compactFromJson(value) : [];
  if (serialized.length > 0) return found(serialized);
  const tokens = withScan(collect(), text);
  if (tokens.length > 0) return found(tokens);
  if (isJsonObject(value) && Array.isArray(value.keys)) {
    return nothing('a key set (JWKS), without a token', whatKeySetsAreFor);
  }
  return isJsonObject(value) && looksLikeClaims(value)
    ? nothing('a JSON object that looks like claims, already decoded', 'Give the token they came from.')
    : nothing('a document without a token', 'oauth-code debug explains saved responses.');
}

function looksLikeClaims(value: JsonObject): boolean {
  return ['iss', 'sub', 'aud', 'exp', 'iat', 'alg', 'kid'].some((name) => Object.hasOwn(value, name));
}

/** A message with its head, HTML, or JSON that is damaged: what has the form of a JWT is found all the same. */
function inText(text: string, body: BodyReading): TokenSearch {
  // Two dots at the end are those of an ellipsis.
  const tokens = scanForJwts(text).filter((token) => !token.text.endsWith('..'));
  if (tokens.length > 0) return found(tokens);
  if (text.length < longestShown && /(?<![\w-])e[wy][\w-]{6}[\w.-]{0,400}?(?:…|\.\.\.)/.test(text)) {
    return nothing('a token that was shortened for display', 'Copy it where it stands whole.');
  }
  if (/^(?:authorization\s*:\s*)?basic\s+[\w+/=-]+$/i.test(text)) {
    return nothing('a Basic authorization, which is a name and a secret');
  }
  if (looksBinary(text)) return nothing('binary data');
  const what =
    body.type === 'html' ? 'an HTML page' : body.type === 'malformed_json' ? 'damaged JSON' : 'text';
  return nothing(`${what} without a token`);
}

function inPlainText(text: string, body: BodyReading): TokenSearch {
  const message = /^HTTP\/\d/.test(text) ? messageBody(text) : undefined;
  if (message !== undefined) return message;
  const parameters = collectParameters(text);
  if (parameters.tokens.length > 0) return found(parameters.tokens);
  const { name, value } = labelOf(text);
  const words = joinLines(value);
  if (words === undefined) return inText(text, body);
  const tokens = words
    .map(decodeBase64Jwt)
    .filter((word) => isTokenText(word))
    .map((word) => ({ text: word, name }));
  if (tokens.length > 0 && (words.length === 1 || tokens.every((token) => token.text.includes('.')))) {
    if (!parameters.isUrl) return found(tokens);
  }
  if (parameters.isUrl) {
    return parameters.hasCode
      ? nothing(
          'a URL with an authorization code, which is not a token',
          'oauth-code debug explains callback URLs.',
        )
      : nothing('a URL without a token', 'oauth-code debug explains URLs.');
  }
  return inText(text, body);
}

/** A response as `curl -i` prints it. */
function messageBody(text: string): TokenSearch | undefined {
  const [gap] = /\r?\n\r?\n/.exec(text) ?? [];
  if (gap === undefined) return undefined;
  const body = readResponseBody(text.slice(text.indexOf(gap) + gap.length));
  if (!isStructured(body)) return undefined;
  const tokens = withScan(collectMembers(body.document), text);
  return tokens.length === 0 ? undefined : found(tokens);
}

/** JWTs that stand where no member says what they are: in lists, in texts inside. */
function withScan(tokens: readonly FoundToken[], text: string): readonly FoundToken[] {
  const known = tokens.map((token) => token.text);
  const seen = new Set(known);
  return [...tokens, ...scanForJwts(text).filter((token) => !seen.has(token.text))];
}

/** Nothing but the characters a credential is made of (RFC 6749 Appendix A, VSCHAR). */
function isTokenText(word: string): boolean {
  return word.length >= shortestOpaque && !/[^\x21-\x7e]/.test(word);
}

const most = 100;

function found(tokens: readonly FoundToken[]): TokenSearch {
  const texts = new Set<string>();
  const unique = tokens.filter(({ text }) => !texts.has(text) && texts.add(text));
  return { type: 'found', tokens: unique.slice(0, most), leftOut: Math.max(0, unique.length - most) };
}

function nothing(seen: string, hint?: string): TokenSearch {
  return hint === undefined ? { type: 'nothing', seen } : { type: 'nothing', seen, hint };
}

/**
 * Puts a token together that was wrapped over lines; a line that begins like a JWT after one that is complete begins
 * another. undefined when a line holds several words: that is running text.
 */
function joinLines(text: string): readonly string[] | undefined {
  const lines = text
    .split(/[\r\n]+/)
    .map(bareLine)
    .filter((line) => line !== '');
  if (lines.some((line) => /\s/.test(line))) return undefined;
  const words: string[][] = [];
  let dots = 0;
  for (const line of lines) {
    const begins = /^e[wy][\w-]{4}/.test(line) && (dots === 2 || dots === 4);
    const current = words.at(-1);
    if (current === undefined || begins) {
      words.push([line]);
      dots = 0;
    } else {
      current.push(line);
    }
    dots += line.split('.').length - 1;
  }
  return words.map((parts) => parts.join(''));
}

/** Without what marks a quotation or a comment in front of it, and what continues a command behind it. */
function bareLine(line: string): string {
  const bare = line.trim().replace(/^[>|#*][>|#*\s]*/, '');
  return (bare.endsWith('\\') ? bare.slice(0, -1) : bare).trim();
}
