import { looksLikeHttpText } from './http-text.ts';

/** A text as it was before it was pasted, with what stood around it. */
export interface PastedText {
  readonly text: string;
  /** Whether there is more outside of the block of code. */
  readonly hasProse: boolean;
}

/**
 * Takes off what mail, chats, Markdown, HTML and word processors put around and into a text that is pasted. Each is
 * undone only where its marks are unmistakable, and never in JSON, which has no such marks.
 */
export function unpasted(pasted: string): PastedText {
  // A body has its own characters.
  let text = looksLikeHttpText(pasted)
    ? pasted
    : pasted.replace(/[\u200B-\u200D\u2060]/g, '').replace(/[\u00A0\u2007\u202F]/g, ' ');
  if (isQuotedPrintable(text)) text = decodeQuotedPrintable(text);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  // curl -v has such marks of its own.
  if (lines.every((line) => /^[>|](?:[ \t]|$|[>|])/.test(line)) && !/^> [A-Z]+ \S+ HTTP\//m.test(text)) {
    text = text.replace(/^[>|][ \t]?/gm, '');
  }
  if (/^\s*[{[]/.test(text)) text = text.replace(/[\u201C-\u201F]/g, '"');
  if (/[?&][\w.-]+=[^\s<]*&amp;/.test(text) && !text.includes('<')) text = text.replaceAll('&amp;', '&');
  const [before = '', ...blocks] = text.split(/^[ \t]*(?:```|~~~)[\w-]*[ \t]*\r?$/m);
  if (blocks.length === 0) return { text, hasProse: false };
  const inside = blocks.filter((_, at) => at % 2 === 0).join('\n');
  return {
    text: inside.trim(),
    hasProse: [before, ...blocks.filter((_, at) => at % 2 === 1)].some((part) => part.trim() !== ''),
  };
}

/** Mail breaks long lines behind "=", and writes "=" itself as "=3D" (RFC 2045 §6.7). */
function isQuotedPrintable(text: string): boolean {
  const broken = text.match(/[^\n]{40,75}=\r?\n/g)?.length ?? 0;
  return broken > 0 && (/=3D/.test(text) || broken === text.split('\n').length - 1);
}

function decodeQuotedPrintable(text: string): string {
  return text
    .replace(/=[ \t]*\r?\n/g, '')
    .replace(/(?:=[\dA-F]{2})+/g, (coded) => Buffer.from(coded.replaceAll('=', ''), 'hex').toString('utf8'));
}
