import { lazyPattern } from './terminal-text.ts';

/** One column each: printable ASCII, Latin, and the dashes, quotation marks, dots and marks this tool prints. */
const narrow = /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2713\u2717]*$/;

/** Two columns as a terminal shows them: East Asian Wide and Fullwidth (UAX #11), and emoji. */
const wide = lazyPattern(
  String.raw`^[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\u3247\u3250-\u4dff\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{2fffd}\u{30000}-\u{3fffd}]`,
  'u',
);

const emoji = lazyPattern(String.raw`\p{Emoji_Presentation}`, 'u');
const invisible = lazyPattern(String.raw`^[\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Cs}\p{DI}]+$`, 'u');
const colored = lazyPattern(String.raw`^\p{Extended_Pictographic}.*\ufe0f|^[0-9#*]\ufe0f?\u20e3`, 'u');
const adding = lazyPattern(String.raw`[\p{Mc}\uff00-\uffef]`, 'gu');

let segmenter: Intl.Segmenter | undefined;

/** Columns a terminal uses for text on one line that holds no escape sequences. */
export function displayWidth(text: string): number {
  if (narrow.test(text)) return text.length;
  let width = 0;
  for (const cluster of graphemes(text)) width += clusterWidth(cluster);
  return width;
}

/** Text filled with spaces on the right up to a width; longer text stays. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/**
 * Lines of at most `columns` columns, broken at spaces; a word is broken only when it is wider than a line.
 * Continuation lines keep the indentation of the line they continue.
 */
export function wrapText(text: string, columns: number): string[] {
  const limit = Math.max(1, columns);
  return text.split('\n').flatMap((line) => (displayWidth(line) <= limit ? [line] : wrapLine(line, limit)));
}

/** A command, or its options, that ends a sentence, to be copied as a whole. */
const commandAtEnd = /^(.*:) ((?:oauth-code|ssh|chmod|--trust-audience) .*[^.?])$/s;

/**
 * A sentence as lines of at most `columns` columns, to be read by a person: words such as URLs and paths, and a
 * command that ends it, are never broken, so that they can be copied; the terminal breaks what is too wide.
 */
export function wrapNotice(text: string, columns: number): string[] {
  const limit = Math.max(1, columns);
  return text.split('\n').flatMap((line) => {
    if (displayWidth(line) <= limit) return [line];
    const [, sentence, command] = commandAtEnd.exec(line) ?? [];
    return sentence === undefined || command === undefined
      ? wrapLine(line, limit, true)
      : [...wrapLine(sentence, limit, true), command];
  });
}

/** Text shortened in its middle to at most `columns` columns, so that beginning and end stay readable. */
export function truncateMiddle(text: string, columns: number, ellipsis: string): string {
  if (displayWidth(text) <= columns) return text;
  const room = Math.max(0, columns - displayWidth(ellipsis));
  const clusters = graphemes(text);
  const head = takeColumns(clusters, Math.ceil(room * 0.6));
  const tail = takeColumns(clusters.toReversed(), room - displayWidth(head.join('')));
  return room === 0
    ? takeColumns(clusters, columns).join('')
    : head.join('') + ellipsis + tail.toReversed().join('');
}

function wrapLine(line: string, columns: number, keepsWords = false): string[] {
  const indent = (/^ */.exec(line)?.[0] ?? '').slice(0, Math.floor(columns / 2));
  const room = columns - indent.length;
  const lines: string[] = [];
  let current = '';
  let width = 0;
  for (const [gap, word] of words(line, room)) {
    const wordWidth = displayWidth(word);
    if (current !== '' && width + gap.length + wordWidth <= room) {
      current += gap + word;
      width += gap.length + wordWidth;
      continue;
    }
    if (current !== '') lines.push(indent + current);
    const pieces = wordWidth <= room || keepsWords ? [word] : breakWord(word, room);
    current = pieces.pop() ?? '';
    width = displayWidth(current);
    for (const piece of pieces) lines.push(indent + piece);
  }
  return [...lines, indent + current];
}

/**
 * The words of a line with the spaces before each; what stands in parentheses, a number with its unit of time, and an
 * option with a value that is a URL, a number or a placeholder stay together when they fit.
 */
function words(line: string, room: number): [gap: string, word: string][] {
  let end = line.length;
  while (line[end - 1] === ' ') end -= 1;
  return Array.from(
    line
      .slice(0, end)
      .matchAll(
        /( *)(\([^()]{0,80}\)[^ ]*|\d+ (?:ms|s|min|h|d)(?![\w])[^ ]*|--[a-z-]+ (?:https?:|\d|[A-Z]{2})[^ ]*|[^ ]+)/g,
      ),
  ).flatMap(([, gap = '', word = '']) =>
    word.includes(' ') && displayWidth(word) > room
      ? word.split(' ').map((part, index): [string, string] => [index === 0 ? gap : ' ', part])
      : [[gap, word] as [string, string]],
  );
}

function breakWord(word: string, columns: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let width = 0;
  for (const cluster of graphemes(word)) {
    const added = clusterWidth(cluster);
    if (piece !== '' && width + added > columns) {
      pieces.push(piece);
      piece = '';
      width = 0;
    }
    piece += cluster;
    width += added;
  }
  return [...pieces, piece];
}

function takeColumns(clusters: readonly string[], columns: number): string[] {
  const taken: string[] = [];
  let width = 0;
  for (const cluster of clusters) {
    width += clusterWidth(cluster);
    if (width > columns) break;
    taken.push(cluster);
  }
  return taken;
}

/** Pieces that end before a space, so that no cluster is cut; a longer one is cut all the same. */
const pieces = / ?[^ ]{1,512}| /gu;

/** Piece by piece: the time a segmenter takes grows with the square of the text. */
function graphemes(text: string): string[] {
  if (narrow.test(text)) return text.split('');
  // Made on first use: it costs some milliseconds, and most output never needs it.
  const made = segmenter ?? new Intl.Segmenter();
  segmenter = made;
  return (text.match(pieces) ?? []).flatMap((piece) =>
    narrow.test(piece) ? piece.split('') : Array.from(made.segment(piece), (part) => part.segment),
  );
}

function clusterWidth(cluster: string): number {
  if (cluster.length === 1 && narrow.test(cluster)) return 1;
  if (invisible().test(cluster)) return 0;
  if (colored().test(cluster)) return 2;
  const [first = '', ...rest] = cluster;
  const base = wide().test(first) ? 2 : 1;
  return wide().test(first) && emoji().test(first)
    ? base
    : base + (rest.join('').match(adding())?.length ?? 0);
}
