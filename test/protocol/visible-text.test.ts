import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../src/protocol/visible-text.ts';

describe('visibleText', () => {
  it.each([
    ['<p>one</p><p>two</p>', 'one · two'],
    ['<style>p{color:red}</style><script>if (a < b) {}</script >shown', 'shown'],
    ['a &amp; b &lt;c&gt; &quot;d&quot; it&#39;s &nbsp;&eacute;', 'a & b <c> "d" it\'s &eacute;'],
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
