import { describe, expect, it } from 'vitest';
import { fragmentMediaType } from '../../src/protocol/redirect-uri.ts';
import { loginAgainst, objectionsIn, outcomesOf, refusalOf, resultOf } from './scripted-login.ts';

const beforeTheCode = ['discovery', 'keys', 'authorize'];
const wholeLogin = [...beforeTheCode, 'token', 'userinfo'];

/** The parameters of the answer and where they are to go, without going there. */
async function answerTo(url: string): Promise<{ callback: string; parameters: URLSearchParams }> {
  const { headers } = await fetch(url, { redirect: 'manual' });
  const location = new URL(headers.get('location') ?? '');
  return { callback: location.origin + location.pathname, parameters: location.searchParams };
}

const post = (callback: string, type: string, body: string) =>
  fetch(callback, { method: 'POST', headers: { 'content-type': type }, body });

type Deliver = (
  callback: string,
  parameters: URLSearchParams,
  type: (line: string) => void,
) => Promise<unknown>;

/** With what each way objects to: no response_mode is asked for, so the answer is to come in the query. */
const ways: readonly [string, readonly string[], Deliver][] = [
  ['in the query', [], (callback, parameters) => fetch(`${callback}?${parameters}`)],
  [
    'by form_post',
    ['response-mode'],
    (callback, parameters) => post(callback, 'application/x-www-form-urlencoded', `${parameters}`),
  ],
  [
    'in the fragment',
    ['response-mode'],
    (callback, parameters) => post(callback, fragmentMediaType, `${parameters}`),
  ],
  ['by pasting the address', [], async (callback, parameters, type) => type(`${callback}?${parameters}`)],
  [
    'by pasting the address with a fragment',
    ['response-mode'],
    async (callback, parameters, type) => type(`${callback}#${parameters}`),
  ],
  [
    'in the query, with an ID token',
    ['callback-tokens-unasked'],
    (callback, parameters) => fetch(`${callback}?${parameters}&id_token=e30.e30.`),
  ],
  ['by pasting the query', [], async (_, parameters, type) => type(`${parameters}`)],
];

describe.each(ways)('an answer that comes %s', (_, objections, deliver) => {
  const surroundings = { stdinIsTTY: true };

  it('completes the login', async () => {
    const login = await loginAgainst(
      {},
      {
        surroundings,
        async visit(url, __, type) {
          const { callback, parameters } = await answerTo(url);
          await deliver(callback, parameters, type);
        },
      },
    );
    expect(objectionsIn(resultOf(login).checks)).toEqual(objections);
    expect({ seen: login.seen, complaints: login.complaints }).toEqual({ seen: wholeLogin, complaints: [] });
  });

  it.each([
    ['another iss', 'iss', 'https://evil.example', 'iss'],
    ['a second code', 'code', 'another', 'callback-parameter-repeated'],
  ])('is refused with %s', async (__, name, value, check) => {
    const login = await loginAgainst(
      {},
      {
        surroundings,
        async visit(url, ___, type) {
          const { callback, parameters } = await answerTo(url);
          if (name === 'iss') parameters.set(name, value);
          else parameters.append(name, value);
          await deliver(callback, parameters, type);
        },
      },
    );
    expect(refusalOf(login)).toMatchObject({ status: 6, check, failed: [check], seen: beforeTheCode });
  });

  it('is ignored with a foreign state, and the next one counts', async () => {
    const login = await loginAgainst(
      {},
      {
        surroundings,
        async visit(url, __, type) {
          const { callback, parameters } = await answerTo(url);
          const forged = new URLSearchParams(parameters);
          forged.set('state', 'a-state-of-another-login');
          await deliver(callback, forged, type);
          await deliver(callback, parameters, type);
        },
      },
    );
    expect(objectionsIn(resultOf(login).checks)).toEqual(objections);
    expect(login.stderr).toContain('Ignored');
    expect(login.seen).toEqual(wholeLogin);
  });
});

it('a code pasted by itself is redeemed, and said to be vouched for by nobody', async () => {
  const login = await loginAgainst(
    {},
    {
      surroundings: { stdinIsTTY: true },
      async visit(url, _, type) {
        const { parameters } = await answerTo(url);
        type(parameters.get('code') ?? '');
      },
    },
  );
  expect(outcomesOf(resultOf(login).checks, 'state')).toEqual(['warn']);
  expect(login.seen).toEqual(wholeLogin);
});
