import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, visibleText } from '../../src/protocol/markup.ts';

describe('escaping for HTML', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['" onload="x', '&quot; onload=&quot;x'],
    ["' `", '&#39; &#96;'],
    ['a & b &amp; c', 'a &amp; b &amp;amp; c'],
    ['safe\u202eesrever', 'safe\\u202eesrever'],
    ['\u2066x\u2069\u200e\u061c', '\\u2066x\\u2069\\u200e\\u061c'],
    ['nul\0 esc\x1b c1\x9b cr\r', 'nul\\u0000 esc\\u001b c1\\u009b cr\\u000d'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
    ['half \ud800.', 'half \\ud800.'],
    ['line\u2028sep', 'line\\u2028sep'],
  ])('turns %j into %j', (text, expected) => {
    expect(escapeHtml(text)).toBe(expected);
  });

  it.each(['two\n\tlines', 'naïve 日本語 😀', '👩\u200d💻 می\u200cخواهم', ''])(
    'leaves %j as it is',
    (text) => {
      expect(escapeHtml(text)).toBe(text);
    },
  );

  it('leaves nothing that opens a tag, ends an attribute or reorders text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'`]|&(?!(?:amp|lt|gt|quot|#39|#96);)|\p{Bidi_Control}/u);
      }),
    );
  });
});

describe('visibleText', () => {
  it.each([
    ['<p>one</p><p>two</p>', 'one · two'],
    ['<style>p{color:red}</style><script>if (a < b) {}</script >shown', 'shown'],
    ['a &amp; b &lt;c&gt; &quot;d&quot; it&#39;s &nbsp;&eacute;&nosuch;', 'a & b <c> "d" it\'s é&nosuch;'],
    ['&#1055;&#x440;&#xd800;', '\u041f\u0440\ud800'],
    ['  no\n markup\t', 'no markup'],
    [
      '<h1>Error</h1>\n<p>invalid_client<br>client <b>not</b> found</p>',
      'Error · invalid_client · client not found',
    ],
    ['cut <scr', 'cut'],
    ['cut <style>p{}', 'cut'],
    ['', ''],
  ])('of %j is %j', (html, shown) => {
    expect(visibleText(html)).toBe(shown);
  });

  it('shows nothing of a tag, whatever it holds', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][^<>]{0,30}$/), (inside) => {
        fc.pre(!/^(?:script|style)\b/i.test(inside));
        expect(['x y', 'x · y']).toContain(visibleText(`x<${inside}>y`));
      }),
    );
  });
});
