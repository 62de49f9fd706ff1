import fc from 'fast-check';
import { mutateStructure } from './mutate-structure.ts';

/** Pieces that mean something in most of the languages that are read. */
const fragments: readonly string[] = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '\\',
    ':',
    ',',
    ';',
    '&',
    '=',
    '?',
    '#',
    '%',
    '%2',
    '%00',
    '+',
    '.',
    '~',
    '/',
  ],
  ...['<', '>', '-', '--', '*', '|', '$', '`', '@', '!', '(', ')', ' ', '\n', '\r\n', '\t', '\0', '\uFEFF'],
  ...['\u202e', '\ud800', '\udc00', '\u2028', '\u00e9', '\u{1F600}', '\u001b[2J', '\u009b'],
  ...[
    'null',
    'true',
    'false',
    '1e999',
    '-0',
    '-1',
    '9007199254740993',
    '1e-7',
    '00',
    '0x10',
    'NaN',
    '""',
    '[]',
    '{}',
  ],
  ...[
    '"__proto__":',
    'constructor',
    'toString',
    '"error":',
    '"access_token":',
    '[[[[[[[[',
    '{"a":',
    '\\u',
    '\\ud800',
  ],
  ...[
    'error=',
    'code=',
    'state=',
    'https://',
    'eyJ',
    '-----BEGIN ',
    '-----',
    '<html>',
    '<!--',
    '<![CDATA[',
    '</',
  ],
];

interface Change {
  readonly layer: 'octets' | 'tokens' | 'structure' | 'splice';
  /** Where in the text, from 0 to 1. */
  readonly at: number;
  readonly kind: number;
  readonly length: number;
  readonly piece: string;
}

/**
 * Texts as a broken copy, proxy, program or attacker would make them of sound ones: changed in up to six places, each
 * in its characters, its words, or the structure behind them (JSON, form data, what stands encoded in a JWT); or two
 * of them spliced. Some are made of the pieces of the language alone.
 */
export function mutatedText(seeds: readonly string[], own: readonly string[] = []): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...fragments, ...own, ...own) },
    { weight: 1, arbitrary: fc.string({ maxLength: 6, unit: 'binary' }) },
  );
  const change: fc.Arbitrary<Change> = fc.record({
    layer: fc.constantFrom('octets', 'tokens', 'structure', 'structure', 'structure', 'splice'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.nat({ max: 999 }),
    length: fc.nat({ max: 40 }),
    piece,
  });
  // With every further change less of the text is still read as what it was.
  const changes = fc.oneof(
    { weight: 3, arbitrary: fc.array(change, { maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array(change, { maxLength: 6 }) },
  );
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), changes)
    .map(([seed, list]) => list.reduce((text, one) => apply(text, one, seeds), seed));
  const generated = fc.array(piece, { maxLength: 60 }).map((parts) => parts.join(''));
  return fc.oneof({ weight: 6, arbitrary: mutated }, { weight: 1, arbitrary: generated });
}

function apply(text: string, change: Change, seeds: readonly string[]): string {
  const { layer, at, kind, length, piece } = change;
  const start = Math.floor(at * text.length);
  const end = start + length;
  if (layer === 'structure') return mutateStructure(text, change);
  if (layer === 'splice') {
    const other = seeds[kind % seeds.length] ?? '';
    return text.slice(0, start) + other.slice(Math.floor(at * other.length));
  }
  if (layer === 'tokens') return mutateTokens(text, change);
  switch (kind % 6) {
    case 0:
      return text.slice(0, start) + piece + text.slice(start);
    case 1:
      return text.slice(0, start) + text.slice(end);
    case 2:
      return text.slice(0, start) + piece + text.slice(end);
    case 3:
      return text.slice(0, end) + text.slice(start);
    case 4:
      return text.slice(0, start) + piece.repeat(length) + text.slice(start);
    default:
      return text.slice(0, start);
  }
}

/** Removes, doubles, replaces or exchanges words. */
function mutateTokens(text: string, { at, kind, length, piece }: Change): string {
  const words = text.match(/[\w-]+|[^\w-]/g) ?? [];
  const one = Math.floor(at * words.length);
  const other = (one + length) % Math.max(1, words.length);
  const [a = '', b = ''] = [words[one], words[other]];
  switch (kind % 4) {
    case 0:
      words.splice(one, 1);
      break;
    case 1:
      words.splice(one, 0, a, b);
      break;
    case 2:
      words.splice(one, 1, piece);
      break;
    default:
      words.splice(one, 1, b);
      words.splice(other, 1, a);
  }
  return words.join('');
}

/**
 * Long texts that grow out of a sound one: a stretch of it, or a piece of the language, stands there over and over,
 * until there are `size` characters. Where anything looks back or ahead for each of them, it shows.
 */
export function pumpedText(
  seeds: readonly string[],
  size: number,
  own: readonly string[] = [],
): fc.Arbitrary<string> {
  const stretch = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 80 })),
    between: fc.option(fc.constantFrom(...fragments, ...own), { freq: 3, nil: '' }),
    keepsEnd: fc.boolean(),
  });
  const grown = fc
    .tuple(fc.constantFrom(...seeds), stretch)
    .map(([seed, { at, length, between, keepsEnd }]) => {
      const start = Math.floor(at * seed.length);
      const unit = seed.slice(start, start + length) + between || '?';
      return seed.slice(0, start) + unit.repeat(times(unit, size)) + (keepsEnd ? seed.slice(start) : '');
    });
  const repeated = fc
    .tuple(
      fc.constantFrom('', '', ...seeds.map((seed) => seed.slice(0, 20))),
      fc.array(fc.constantFrom(...fragments, ...own), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '\n', '!', '"', '}', ...own),
    )
    .map(([start, unit, end]) => start + unit.join('').repeat(times(unit.join(''), size)) + end);
  return fc.oneof(grown, repeated);
}

function times(unit: string, size: number): number {
  return Math.ceil(size / unit.length);
}
