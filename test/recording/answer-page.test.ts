import { describe, expect, it } from 'vitest';
import type { HeaderList } from '../../src/http-message.ts';
import { readAnswerPage } from '../../src/recording/answer-page.ts';
import { errorPages } from '../fixtures/error-pages.ts';

const read = (status: number, body: string, headers: HeaderList = []) =>
  readAnswerPage({ status, headers, body });
const page = (body: string, title = 'Sign in') => `<!doctype html><title>${title}</title><body>${body}`;

describe('the page of an authorization endpoint', () => {
  it.each(errorPages)('of $name is read', ({ status, headers, body, error, words }) => {
    expect(read(status, body, headers)).toEqual({ type: 'error', error, words });
  });

  it.each<[string, number, string, string | null]>([
    ['a login', 200, page('<h1>Sign in</h1><form><input name="username"></form>'), 'Sign in'],
    [
      'a login whose form can show an error',
      200,
      page('<p>Error</p><input type="password">', 'Log in'),
      'Log in',
    ],
    ['a choice of accounts', 200, page('<p>Choose an account</p><a href="/a">Alice</a>'), 'Sign in'],
    [
      'a login that names errors in its script',
      200,
      page('<p>Hello</p><script>var e="invalid_client: x"</script>'),
      'Sign in',
    ],
    [
      'a login with an error in a comment',
      200,
      page('<!-- <p>Error: invalid_client</p> --><p>Hello</p>'),
      'Sign in',
    ],
    ['JSON without an error', 200, '{"status":"ok"}', null],
  ])('%s is no error', (_, status, body, words) => {
    expect(read(status, body)).toEqual({ type: 'page', error: null, words });
  });

  it.each([
    ['nothing', ''],
    [
      'a page that a script makes',
      page('<noscript>You need to enable JavaScript</noscript><script>go()</script>'),
    ],
    ['binary', '\0\u0001PNG'],
    ['what is no UTF-8', '\ufffd\ufffd\ufffd\ufffd invalid_client'],
  ])('%s is empty', (_, body) => {
    expect(read(200, body)).toEqual({ type: 'empty', error: null, words: null });
    expect(read(400, body)).toMatchObject({ type: 'error', error: null });
  });

  it('with one character of another encoding is read all the same', () => {
    expect(read(400, page('<p>Ung\ufffdltiger Parameter: redirect_uri</p>'))).toMatchObject({
      type: 'error',
      words: 'Ung\ufffdltiger Parameter: redirect_uri',
    });
  });

  it('that is long is quoted where it tells', () => {
    const { words } = read(
      400,
      page(`<p>${'Blah. '.repeat(5000)}The redirect_uri is wrong. ${'Blah. '.repeat(5000)}</p>`),
    );
    expect(words?.length).toBeLessThanOrEqual(302);
    expect(words).toContain('The redirect_uri is wrong.');
  });

  it.each([
    '<',
    '<title',
    '<input ',
    '<!--',
    '<script>',
    'id="kc-error-message"',
    'AADSTS70001: ',
    '&error',
    ' · ',
  ])('is read in linear time: %s', (piece) => {
    read(200, piece.repeat(1_000_000 / piece.length));
  });
});
