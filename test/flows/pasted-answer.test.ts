import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPastedAnswer } from '../../src/flows/pasted-answer.ts';

const state = 'sent-state';
const redirect = 'http://127.0.0.1:8378/callback';

describe('a pasted answer', () => {
  it.each([
    ['a redirect URL', `${redirect}?code=abc123&state=sent-state`],
    ['a redirect URL on another machine', 'https://client.example.com/cb?code=abc123&state=sent-state'],
    ['a redirect URL with a query of its own', `${redirect}?tenant=a&code=abc123&state=sent-state`],
    ['a redirect URL with a harmless fragment', `${redirect}?code=abc123&state=sent-state#_=_`],
    ['a redirect URL with an empty fragment', `${redirect}?code=abc123&state=sent-state#`],
    ['a private-use URI', 'com.example.app:/cb?code=abc123&state=sent-state'],
    ['a URL with the answer in its fragment', `${redirect}#code=abc123&state=sent-state`],
    [
      'a URL with a query and the answer in its fragment',
      `${redirect}?tenant=a#code=abc123&state=sent-state`,
    ],
    ['a URL whose fragment begins with the state', `${redirect}#state=sent-state&code=abc123`],
    ['a query string', '?code=abc123&state=sent-state'],
    ['a query string without its mark', 'code=abc123&state=sent-state'],
    ['a query string that begins with the state', 'state=sent-state&code=abc123'],
    ['the rest of a query string', '&code=abc123&state=sent-state'],
    ['a fragment', '#code=abc123&state=sent-state'],
    ['an address without its scheme', '127.0.0.1:8378/callback?state=sent-state&code=abc123'],
    ['text in quotes', `"${redirect}?code=abc123&state=sent-state"`],
    ['text in angle brackets', `<${redirect}?code=abc123&state=sent-state>`],
    ['text with white space around it', `\t ${redirect}?code=abc123&state=sent-state \r`],
  ])('is read from %s', (_, line) => {
    expect(readPastedAnswer(line, state)).toMatchObject({
      type: 'answer',
      reading: { type: 'code', code: 'abc123', state: 'sent-state', stateComparison: 'same' },
    });
  });

  it.each([
    `${redirect}?error=access_denied&error_description=No%20thanks&state=sent-state`,
    'error=access_denied&error_description=No+thanks&state=sent-state',
    `${redirect}#error=access_denied&error_description=No%20thanks&state=sent-state`,
  ])('can be an error: %s', (line) => {
    expect(readPastedAnswer(line, state)).toMatchObject({
      type: 'answer',
      reading: { type: 'error', error: 'access_denied', errorDescription: 'No thanks', state: 'sent-state' },
    });
  });

  it('keeps a foreign state, for the checks to see', () => {
    expect(readPastedAnswer(`${redirect}?code=abc123&state=other`, state)).toMatchObject({
      type: 'answer',
      reading: { stateComparison: 'different', sentState: state },
    });
    expect(readPastedAnswer(`${redirect}?code=abc123&state=other`, undefined)).toMatchObject({
      type: 'answer',
      reading: { stateComparison: 'not-sent' },
    });
  });
});

describe('a pasted code', () => {
  it.each([
    'SplxlOBeZQQYbYS6WxSbIA',
    '4/0AX4XfWh-x_y~z',
    'M.C507_BAY.2.U.4a1f-b2c3',
    'base64+/with==',
    '100%-sure',
    'abc:def:ghi',
    'a?b=c-12',
    'key=value',
    'abc123',
  ])('is taken as it is: %s', (code) => {
    expect(readPastedAnswer(code, state)).toMatchObject({
      type: 'bare-code',
      reading: { type: 'code', code },
    });
    for (const wrapped of [` '${code}' `, `“${code}”`, `\`${code}\``, `Code: ${code}`]) {
      expect(readPastedAnswer(wrapped, state)).toMatchObject({ type: 'bare-code', reading: { code } });
    }
  });
});

describe('what is no answer', () => {
  it.each(['', '   ', '\t', '""'])('is nothing when there is nothing: %j', (line) => {
    expect(readPastedAnswer(line, state)).toEqual({ type: 'nothing' });
  });

  it.each([redirect, `${redirect}?state=sent-state`, '?state=sent-state', '#', '?'])(
    'is told to be without code: %s',
    (line) => {
      expect(readPastedAnswer(line, state)).toEqual({
        type: 'unreadable',
        reason: expect.stringContaining('neither a code nor an error'),
      });
    },
  );

  it.each([
    'https://login.example.com/authorize?response_type=code&client_id=x&state=sent-state',
    'https://login.example.com/authorize?client_id=x&request_uri=urn%3Ax',
  ])('is told from the address where a login begins: %s', (line) => {
    expect(readPastedAnswer(line, state)).toEqual({
      type: 'unreadable',
      reason:
        'That is an address where a login begins. Open it in a browser and sign in. ' +
        'Paste the whole address of the page where the login ends.',
    });
  });

  it.each([
    ['two words', 'That is no redirect URL, query string or code.'],
    ['schlüssel', 'That is no redirect URL, query string or code.'],
    ['y', 'That is too short for a code.'],
    ['hello', 'That is too short for a code.'],
    ['sent-state', 'That is the state of this login, not its code.'],
  ])('is no code: %s', (line, problem) => {
    expect(readPastedAnswer(line, state)).toEqual({
      type: 'unreadable',
      reason: `${problem} Paste the whole address of the page where the login ends.`,
    });
  });
});

describe('whatever is pasted', () => {
  it('never throws, and only an answer has a code', () => {
    const piece = fc.constantFrom(
      'http:',
      '//h',
      '?',
      '#',
      '&',
      '=',
      'code',
      'error',
      'state',
      '%',
      ' ',
      '"',
    );
    const line = fc.oneof(
      fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 12 }).map((all) => all.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(line, (text) => {
        const pasted = readPastedAnswer(text, state);
        if (pasted.type === 'answer') expect(['code', 'error']).toContain(pasted.reading.type);
        if (pasted.type === 'bare-code') expect(pasted.reading.type).toBe('code');
      }),
      { numRuns: 1000 },
    );
  });

  it('finds code and state of any redirect URL, however they are encoded', () => {
    const value = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(value, value, fc.constantFrom('?', '#'), (code, sent, mark) => {
        const parameters = new URLSearchParams({ state: sent, code });
        expect(readPastedAnswer(`${redirect}${mark}${parameters}`, sent)).toMatchObject({
          type: 'answer',
          reading: { type: 'code', code, state: sent, stateComparison: 'same' },
        });
      }),
      { numRuns: 300 },
    );
  });
});
