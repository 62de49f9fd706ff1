import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntities, readXml } from '../../src/json/xml.ts';
import { inputs } from '../every-case.ts';

describe('readXml', () => {
  it.each<[string, string, [string, string][]]>([
    [
      'no prolog',
      '<a><b>1</b><c>2</c></a>',
      [
        ['b', '1'],
        ['c', '2'],
      ],
    ],
    ['a prolog', `<?xml version='1.0' encoding="utf-8" standalone='yes' ?>\n<a><b>1</b></a>`, [['b', '1']]],
    ['namespaces', '<o:a xmlns:o="urn:x"><o:b x:y="1">1</o:b></o:a>', [['b', '1']]],
    ['CDATA', '<a><b>1<![CDATA[<&]]>2</b></a>', [['b', '1<&2']]],
    [
      'entities',
      '<a><b>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;&#13;&#10;x</b></a>',
      [['b', `<&>"'A😀\r\nx`]],
    ],
    [
      'empty elements',
      '<a><b/><c /><d></d></a>',
      [
        ['b', ''],
        ['c', ''],
        ['d', ''],
      ],
    ],
    ['a root that is a leaf', '<error>invalid_grant</error>', [['error', 'invalid_grant']]],
    [
      'comments and instructions',
      '<!-- x --><?p q?><a><!-- - --><b>1<!-- 2 -->3</b></a><!-- y -->',
      [['b', '13']],
    ],
    ['whitespace around text', '<a>\r\n <b>\r\n 1 \r\n 2\t</b>\r\n</a>', [['b', '1 \n 2']]],
    ['text beside elements', '<a>x<b>1</b>y</a>', [['b', '1']]],
    [
      'nesting and repetition',
      '<a><b><c>1</c><c>2</c></b><c>3</c></a>',
      [
        ['c', '1'],
        ['c', '2'],
        ['c', '3'],
      ],
    ],
    [
      'odd names',
      '<a><__proto__>1</__proto__><é.1-2>2</é.1-2></a>',
      [
        ['__proto__', '1'],
        ['é.1-2', '2'],
      ],
    ],
  ])('reads %s', (_, text, leaves) => {
    expect(readXml(text)?.leaves).toEqual(leaves);
  });

  it.each([
    ['nothing', ''],
    ['text alone', 'a'],
    ['an open element', '<a><b></a>'],
    ['crossed elements', '<a><b></a></b>'],
    ['an element left open', '<a>'],
    ['an end without a start', '</a>'],
    ['two roots', '<a/><b/>'],
    ['text after the root', '<a/>x'],
    ['text before the root', 'x<a/>'],
    ['< in an attribute', '<a b="<"/>'],
    ['an open comment', '<a/><!-- '],
    ['open CDATA', '<a><![CDATA[ </a>'],
    ['CDATA outside the root', '<a/><![CDATA[x]]>'],
    ['a name that starts with a digit', '<1/>'],
    ['space before a name', '< a/>'],
    ['an open doctype', '<!DOCTYPE a [ <a/>'],
    // In quadratic time these would take minutes.
    ['a long name without end', `<${'a'.repeat(1_000_000)}`],
    ['long attributes without end', `<a ${'b '.repeat(500_000)}`],
    ['a document that declares entities', '<!DOCTYPE a [<!ENTITY e "x">]><a><b>&e;</b></a>'],
  ])('refuses %s', (_, text) => {
    expect(readXml(text)).toBeUndefined();
  });

  it.each([
    ['a bare ampersand', '<a><b>1 & 2</b></a>', '1 & 2'],
    ['an entity of HTML', '<a><b>1&nbsp;2</b></a>', '1\u00a02'],
    ['an unknown entity', '<a><b>&e;</b></a>', '&e;'],
    ['a reference beyond Unicode', '<a><b>&#x110000;</b></a>', '&#x110000;'],
    ['an attribute without quotes', '<a b=1><b>1</b></a>', '1'],
  ])('reads %s, which servers send against the rules', (_, text, leaf) => {
    expect(readXml(text)?.leaves).toEqual([['b', leaf]]);
  });

  it('reads back any text it is given as escaped', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
        expect(readXml(`<a><b>${escaped}</b></a>`)?.leaves).toEqual([['b', text.trim()]]);
      }),
    );
  });

  it('never throws', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '/',
      '<a>',
      '</a>',
      '<a',
      '&',
      ';',
      '&#',
      '"',
      "'",
      '=',
      ' ',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '<!DOCTYPE a',
      '[',
      ']',
      'a',
      'é',
      '\ud800',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces).map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          expect(() => readXml(text)).not.toThrow();
        },
      ),
      { numRuns: inputs(500) },
    );
  });
});

describe('the character references of a page', () => {
  it.each([
    ['Param&egrave;tre &Eacute;tat', 'Paramètre État'],
    ['it&rsquo;s &ldquo;wrong&rdquo;&hellip; &ndash; &Ntilde;&colon;', 'it’s “wrong”… – Ñ:'],
    ['a&nbsp;b&NewLine;&lstrok;', 'a\u00a0b\nł'],
    ['&unknown; &amp', '&unknown; &amp'],
  ])('%s', (text, read) => {
    expect(decodeEntities(text)).toBe(read);
  });
});
