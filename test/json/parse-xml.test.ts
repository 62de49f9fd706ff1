import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml } from '../../src/json/parse-xml.ts';

describe('parseXml', () => {
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
    [
      'a declared entity, which is not expanded',
      `<!DOCTYPE a [<!ENTITY e "x]>"><!-- ]> --><!ENTITY f SYSTEM 'file:///etc/passwd'>]><a><b>&e;&f;</b></a>`,
      [['b', '&e;&f;']],
    ],
  ])('reads %s', (_, text, leaves) => {
    expect(parseXml(text)?.leaves).toEqual(leaves);
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
    ['a bare ampersand', '<a>&</a>'],
    ['an undeclared entity', '<a>&nbsp;</a>'],
    ['a reference to a forbidden character', '<a>&#0;</a>'],
    ['a reference beyond Unicode', '<a>&#x110000;</a>'],
    ['a control character', '<a>\u0001</a>'],
    ['a lone surrogate', '<a>\ud800</a>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['a repeated attribute', '<a b="1" b="2"/>'],
    ['a bare ampersand in an attribute', '<a b="&"/>'],
    ['< in an attribute', '<a b="<"/>'],
    ['attributes that touch', '<a b="1"c="2"/>'],
    ['a hyphen too many in a comment', '<a><!-- -- --></a>'],
    ['an open comment', '<a/><!-- '],
    ['open CDATA', '<a><![CDATA[ </a>'],
    ['CDATA outside the root', '<a/><![CDATA[x]]>'],
    [']]> in text', '<a>]]></a>'],
    ['a declaration in the middle', '<a/><?xml version="1.0"?>'],
    ['a declaration without version', '<?xml encoding="utf-8"?><a/>'],
    ['a name that starts with a digit', '<1/>'],
    ['space before a name', '< a/>'],
    ['a doctype after the root', '<a/><!DOCTYPE a>'],
    ['two doctypes', '<!DOCTYPE a><!DOCTYPE a><a/>'],
    ['an open doctype', '<!DOCTYPE a [ <a/>'],
  ])('refuses %s', (_, text) => {
    expect(parseXml(text)).toBeUndefined();
  });

  it('reads back any text it is given as escaped', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
        expect(parseXml(`<a><b>${escaped}</b></a>`)?.leaves).toEqual([['b', text.trim()]]);
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
          expect(() => parseXml(text)).not.toThrow();
        },
      ),
      { numRuns: 500 },
    );
  });
});
