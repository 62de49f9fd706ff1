import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AuthorizationResponseReading,
  type ReceivedAuthorizationResponse,
  readAuthorizationResponse,
} from '../../src/protocol/authorization-response.ts';
import { encodeForm } from '../../src/protocol/parameters.ts';

const place = 'http://127.0.0.1:8378/callback';

function get(query: string, state?: string): AuthorizationResponseReading {
  return readAuthorizationResponse({ method: 'GET', url: `${place}${query}` }, { state });
}

describe('readAuthorizationResponse', () => {
  it.each([
    ['?access_token=t&state=s', 'tokens'],
    ['?id_token=t&state=s', 'tokens'],
    ['?id_token=t&code=c&state=s', 'code'],
    ['?id_token=t&error=access_denied', 'error'],
    ['?id_token=&access_token=', 'neither'],
  ])('tells what %s brings', (query, type) => {
    expect(get(query, 's').type).toBe(type);
  });

  it('reads a code with state and issuer', () => {
    const url = `${place}?code=4%2F0A+b&state=s%26&iss=https%3A%2F%2Fop.example&x=1`;
    expect(readAuthorizationResponse({ method: 'GET', url }, { state: 's&' })).toEqual({
      type: 'code',
      code: '4/0A b',
      codeName: 'code',
      received: { method: 'GET', url },
      parameters: [
        ['code', '4/0A b'],
        ['state', 's&'],
        ['iss', 'https://op.example'],
        ['x', '1'],
      ],
      state: 's&',
      iss: 'https://op.example',
      sentState: 's&',
      stateComparison: 'same',
      repeated: [],
      emptyParameters: [],
      secondQuestionMark: false,
      fragment: null,
    });
  });

  it('reads an error', () => {
    expect(get('?error=access_denied&error_description=No+%22way%22&error_uri=u&state=s', 's')).toMatchObject(
      {
        type: 'error',
        error: 'access_denied',
        errorDescription: 'No "way"',
        errorUri: 'u',
        state: 's',
        stateComparison: 'same',
      },
    );
  });

  it.each<[string, string, AuthorizationResponseReading['type']]>([
    ['a code', '?code=c', 'code'],
    ['a code and an empty error', '?code=c&error=', 'code'],
    ['a code and an error', '?code=c&error=e', 'error'],
    ['an empty code and an error', '?code=&error=e', 'error'],
    ['an empty error', '?error=', 'error'],
    ['an error under another name', '?error_reason=user_denied', 'error'],
    ['a description alone', '?error_description=d', 'error'],
    ['an empty code', '?code=', 'neither'],
    ['status and result', '?status=1&result=2', 'neither'],
    ['state alone', '?state=s', 'neither'],
    ['nothing', '', 'neither'],
    ['names of the prototype', '?__proto__=x&constructor=y', 'neither'],
  ])('takes %s for what it is', (_, query, type) => {
    expect(get(query).type).toBe(type);
  });

  it.each([
    ['authCode', 'authCode'],
    ['auth_code', 'auth_code'],
    ['authorization_code', 'authorization_code'],
    ['spapi_oauth_code', 'spapi_oauth_code'],
    ['Code', 'Code'],
    ['x=1&Auth-Code', 'Auth-Code'],
  ])('finds a code under the name %s', (name, codeName) => {
    expect(get(`?${name}=c`)).toMatchObject({ type: 'code', code: 'c', codeName });
  });

  it('prefers the exact name of the code', () => {
    expect(get('?auth_code=other&code=c')).toMatchObject({ code: 'c', codeName: 'code' });
  });

  it.each<[string, string | undefined, AuthorizationResponseReading['stateComparison']]>([
    ['?code=c&state=s', undefined, 'not-sent'],
    ['?code=c&state=s', 's', 'same'],
    ['?error=e', 's', 'missing'],
    ['?code=c&state=t', 's', 'different'],
    ['?code=c&state=', 's', 'different'],
    ['?code=c&state=t&state=s', 's', 'later'],
  ])('compares the state of %s with %s', (query, state, comparison) => {
    expect(get(query, state).stateComparison).toBe(comparison);
  });

  it('takes the first of repeated parameters and names them', () => {
    expect(get('?code=1&state=s&code=2&x=1&x=2', 's')).toMatchObject({ code: '1', repeated: ['code', 'x'] });
  });

  it('names empty parameters', () => {
    expect(get('?code=&error_description=&scope=&state=&x=').emptyParameters).toEqual([
      'error_description',
      'scope',
      'code',
    ]);
  });

  it('reads every further question mark as an ampersand', () => {
    expect(get('?a=b?code=c?state=s', 's')).toMatchObject({
      code: 'c',
      stateComparison: 'same',
      secondQuestionMark: true,
      parameters: [
        ['a', 'b'],
        ['code', 'c'],
        ['state', 's'],
      ],
    });
    expect(get('?code=a%3Fb')).toMatchObject({ code: 'a?b', secondQuestionMark: false });
  });

  it('cuts the fragment and keeps it', () => {
    expect(get('?code=c#_=_?x')).toMatchObject({ code: 'c', fragment: '_=_?x', secondQuestionMark: false });
    expect(get('?code=c#').fragment).toBe('');
    expect(get('#code=c')).toMatchObject({ type: 'neither', fragment: 'code=c' });
  });

  it('reads a form post from its body alone', () => {
    const received: ReceivedAuthorizationResponse = {
      method: 'POST',
      url: `${place}?code=url`,
      body: 'code=a?b&state=s',
    };
    expect(readAuthorizationResponse(received, {})).toMatchObject({ code: 'a?b', secondQuestionMark: false });
  });

  it('reads a fragment response from its fragment alone', () => {
    const received: ReceivedAuthorizationResponse = {
      method: 'FRAGMENT',
      url: `${place}?code=url`,
      fragment: '#code=a?b',
    };
    expect(readAuthorizationResponse(received, {})).toMatchObject({
      code: 'a?b',
      fragment: null,
      secondQuestionMark: false,
    });
  });

  it.each([
    [` ${place}?code=c&state=s \n`],
    ['127.0.0.1:8378/callback?code=c&state=s'],
    ['com.example.app:/callback?code=c&state=s'],
    ['/callback?code=c&state=s'],
    ['?code=c&state=s'],
    ['code=c&state=s'],
    ['profile=ci?code=c&state=s'],
    ['code=c&state=s#_=_'],
  ])('reads what a person pasted: %j', (url) => {
    expect(readAuthorizationResponse({ method: 'PASTE', url }, { state: 's' })).toMatchObject({
      type: 'code',
      code: 'c',
      stateComparison: 'same',
    });
  });

  it('reads back whatever parameters were sent', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, (code, state) => {
        const query = encodeForm([
          ['code', code],
          ['state', state],
        ]);
        for (const received of [
          { method: 'GET', url: `${place}?${query}` },
          { method: 'PASTE', url: query },
          { method: 'POST', url: place, body: query },
          { method: 'FRAGMENT', url: place, fragment: query },
        ] as const) {
          expect(readAuthorizationResponse(received, { state })).toMatchObject({
            code,
            state,
            stateComparison: 'same',
          });
        }
      }),
    );
  });

  it('never throws, whatever arrives', () => {
    const method = fc.constantFrom('GET' as const, 'PASTE' as const);
    fc.assert(
      fc.property(method, fc.string({ unit: 'binary' }), (how, url) => {
        expect(['code', 'error', 'neither']).toContain(
          readAuthorizationResponse({ method: how, url }, {}).type,
        );
      }),
    );
  });
});
