import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHtmlForms } from '../../src/idp/html-forms.ts';
import { escapeMarkup } from '../../src/protocol/markup.ts';

describe('readHtmlForms', () => {
  it('reads fields, hidden inputs and buttons', () => {
    const page = `<FORM METHOD='post' action="/go?a=1&amp;b=2"><input type=hidden name=x value="&quot;1&quot;">
      <label>User <input name="user"></label><input type="password" name="pw"/>
      <button name="action" value="ok"><b>Sign</b> in</button><input type="submit" name="no" value="Cancel"></FORM>`;
    expect(readHtmlForms(page)).toEqual([
      {
        method: 'POST',
        action: '/go?a=1&b=2',
        fields: [
          { name: 'x', type: 'hidden', value: '"1"' },
          { name: 'user', type: 'text', value: '' },
          { name: 'pw', type: 'password', value: '' },
        ],
        buttons: [
          { name: 'action', value: 'ok', label: 'Sign in' },
          { name: 'no', value: 'Cancel', label: 'Cancel' },
        ],
      },
    ]);
  });

  it('gives a button outside to the form it names', () => {
    const page = '<button form="f" name="abort" value="yes">Cancel</button><form id="f"></form>';
    expect(readHtmlForms(page)[0]?.buttons).toEqual([{ name: 'abort', value: 'yes', label: 'Cancel' }]);
  });

  it('sees no form in comments, scripts and styles', () => {
    expect(readHtmlForms('<!-- <form> --><script>"<form>"</script><style><form></style>')).toEqual([]);
  });

  it('gets back any hidden value that was escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (value, action) => {
        const page = `<form action="${escapeMarkup(action)}"><input type="hidden" name="v" value="${escapeMarkup(value)}"></form>`;
        const [form] = readHtmlForms(page);
        expect(form?.action).toBe(action);
        expect(form?.fields).toEqual([{ name: 'v', type: 'hidden', value }]);
      }),
      { numRuns: 300 },
    );
  });

  it('survives any text, and long hostile ones in a moment', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('<form', '<input name="', '<!--', '&#', '<button>'),
        (text, piece) => {
          expect(Array.isArray(readHtmlForms(`${piece}${text}${piece}`))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
    const startedMs = performance.now();
    for (const piece of ['<form ', '<a "', '<!--', '<script>', '<a a=', '<a \'"', '<button>', '<', '<a ='])
      readHtmlForms(piece.repeat(20_000));
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});
