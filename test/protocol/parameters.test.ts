import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../src/http-message.ts';
import {
  changeHeader,
  changeParameter,
  encodeForm,
  overrideParameters,
  type ParameterOverride,
  type Parameters,
  parameterValue,
  parseForm,
  readParameterOverride,
  requestParameters,
} from '../../src/protocol/parameters.ts';
import { inputs } from '../every-case.ts';

const set = (name: string, value: string): ParameterOverride => ({ type: 'set', name, value });
const remove = (name: string): ParameterOverride => ({ type: 'remove', name });

describe('an override as it is written', () => {
  it.each([
    ['prompt=login', set('prompt', 'login')],
    ['prompt=', set('prompt', '')],
    ['prompt', remove('prompt')],
    ['claims={"a":"b=c"}', set('claims', '{"a":"b=c"}')],
    ['x= padded ', set('x', ' padded ')],
    ['=value', undefined],
    ['=', undefined],
    ['', undefined],
  ])('%s is %o', (text, override) => {
    expect(readParameterOverride(text)).toEqual(override);
  });

  it('keeps name and value octet by octet, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'binary' }).filter((name) => !name.includes('=')),
        fc.string({ unit: 'binary' }),
        (name, value) => {
          expect(readParameterOverride(`${name}=${value}`)).toEqual(set(name, value));
          expect(readParameterOverride(name)).toEqual(remove(name));
        },
      ),
      { numRuns: inputs(300) },
    );
  });
});

describe('overriding parameters', () => {
  const sent: Parameters = [
    ['a', '1'],
    ['resource', 'https://one.example'],
    ['resource', 'https://two.example'],
    ['z', '9'],
  ];

  it.each<[string, readonly ParameterOverride[], Parameters]>([
    ['changes nothing without overrides', [], sent],
    ['adds at the end', [set('new', 'x')], [...sent, ['new', 'x']]],
    [
      'replaces where the parameter stands, all of its values',
      [set('resource', 'https://three.example')],
      [
        ['a', '1'],
        ['resource', 'https://three.example'],
        ['z', '9'],
      ],
    ],
    [
      'sends a repeated override as a repeated parameter',
      [set('a', '2'), set('a', '3')],
      [
        ['a', '2'],
        ['resource', 'https://one.example'],
        ['resource', 'https://two.example'],
        ['z', '9'],
        ['a', '3'],
      ],
    ],
    [
      'removes every value',
      [remove('resource')],
      [
        ['a', '1'],
        ['z', '9'],
      ],
    ],
    ['removes what is not there without a word', [remove('none')], sent],
    [
      'sets again what was removed before',
      [remove('resource'), set('resource', 'https://three.example'), set('resource', 'https://four.example')],
      [
        ['a', '1'],
        ['z', '9'],
        ['resource', 'https://three.example'],
        ['resource', 'https://four.example'],
      ],
    ],
    [
      'removes what was set before',
      [set('a', '2'), remove('a')],
      [
        ['resource', 'https://one.example'],
        ['resource', 'https://two.example'],
        ['z', '9'],
      ],
    ],
    [
      'starts anew after a removal',
      [set('z', '1'), set('z', '2'), remove('z'), set('z', '3')],
      [
        ['a', '1'],
        ['resource', 'https://one.example'],
        ['resource', 'https://two.example'],
        ['z', '3'],
      ],
    ],
    [
      'sends an empty value',
      [set('a', '')],
      [
        ['a', ''],
        ['resource', 'https://one.example'],
        ['resource', 'https://two.example'],
        ['z', '9'],
      ],
    ],
  ])('%s', (_, overrides, expected) => {
    expect(overrideParameters(sent, overrides)).toEqual(expected);
  });

  it('leaves every parameter alone that no override names, and its order', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    const override = fc.oneof(
      fc.record({ type: fc.constant('set' as const), name, value: fc.string() }),
      fc.record({ type: fc.constant('remove' as const), name }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.string())),
        fc.array(override, { maxLength: 6 }),
        (parameters, overrides) => {
          const named = new Set<string>(overrides.map((one) => one.name));
          const untouched = (list: Parameters) => list.filter(([candidate]) => !named.has(candidate));
          expect(untouched(overrideParameters(parameters, overrides))).toEqual(untouched(parameters));
        },
      ),
      { numRuns: inputs(300) },
    );
  });
});

describe('the value of a parameter', () => {
  it('is the first one', () => {
    const parameters: Parameters = [
      ['a', '1'],
      ['a', '2'],
    ];
    expect(parameterValue(parameters, 'a')).toBe('1');
    expect(parameterValue(parameters, 'A')).toBeUndefined();
  });
});

describe('a form', () => {
  it('encodes as in RFC 6749 Appendix B', () => {
    expect(encodeForm([['', ' %&+£€']])).toBe('=+%25%26%2B%C2%A3%E2%82%AC');
  });

  it('keeps order and repetition', () => {
    expect(
      encodeForm([
        ['resource', 'https://cal.example.com/'],
        ['resource', 'https://contacts.example.com/'],
        ['empty', ''],
      ]),
    ).toBe('resource=https%3A%2F%2Fcal.example.com%2F&resource=https%3A%2F%2Fcontacts.example.com%2F&empty=');
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (parameters) => {
        expect([...new URLSearchParams(encodeForm(parameters))]).toEqual(parameters);
      }),
      { numRuns: inputs(200) },
    );
  });
});

describe('parseForm', () => {
  it.each<[string, [string, string][]]>([
    ['', []],
    [
      'a=1&b=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'a=1&a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    [
      'a&b=&=c&&',
      [
        ['a', ''],
        ['b', ''],
        ['', 'c'],
      ],
    ],
    ['a=b=c==', [['a', 'b=c==']]],
    ['a+b=c+d%2Be', [['a b', 'c d+e']]],
    ['a=%C3%A9%F0%9F%98%80', [['a', 'é😀']]],
    [
      'a=100%&b=%zz&c=%4',
      [
        ['a', '100%'],
        ['b', '%zz'],
        ['c', '%4'],
      ],
    ],
    ['a=%ff%41', [['a', '\ufffdA']]],
    ['?a=1', [['?a', '1']]],
    ['__proto__=1', [['__proto__', '1']]],
  ])('reads %j', (text, pairs) => {
    expect(parseForm(text)).toEqual(pairs);
  });

  it('reads what was encoded (RFC 6749 Appendix B)', () => {
    // Its example: a space, a percent sign, an ampersand, a plus sign, a pound sign and a euro sign.
    expect(parseForm('v=+%25%26%2B%C2%A3%E2%82%AC')).toEqual([['v', ' %&+£€']]);
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        expect(parseForm(encodeForm(pairs))).toEqual(pairs);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => parseForm(text)).not.toThrow();
      }),
    );
  });
});

const get: HttpRequest = {
  method: 'GET',
  url: 'https://idp.example/a?scope=openid%20email&x=1#f',
  headers: [],
};
const post: HttpRequest = {
  method: 'POST',
  url: 'https://idp.example/token?tenant=1',
  headers: [
    ['Accept', 'application/json'],
    ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
  ],
  body: 'grant_type=authorization_code&code=a%2Bb',
};

describe('changing a request by hand', () => {
  it.each([
    [
      get,
      { type: 'set', name: 'scope', value: 'openid profile' },
      'https://idp.example/a?scope=openid%20profile&x=1#f',
    ],
    [
      get,
      { type: 'set', name: 'y', value: '&=' },
      'https://idp.example/a?scope=openid%20email&x=1&y=%26%3D#f',
    ],
    [get, { type: 'remove', name: 'scope' }, 'https://idp.example/a?x=1#f'],
    [
      { ...get, url: 'https://idp.example/a' },
      { type: 'set', name: 'x', value: '' },
      'https://idp.example/a?x=',
    ],
    [{ ...get, url: 'https://idp.example/a?x=1' }, { type: 'remove', name: 'x' }, 'https://idp.example/a'],
  ] as const)('changes the query of %j by %j', (request, override, url) => {
    expect(changeParameter(request, override)).toEqual({ ...request, url });
  });

  it('changes the form of a request that has one, and leaves its query alone', () => {
    expect(changeParameter(post, { type: 'set', name: 'code', value: 'c d' })).toEqual({
      ...post,
      body: 'grant_type=authorization_code&code=c+d',
    });
    expect(requestParameters(post)).toEqual([
      ['grant_type', 'authorization_code'],
      ['code', 'a+b'],
    ]);
  });

  it.each([
    ['accept', 'text/plain', [['accept', 'text/plain'], post.headers[1]]],
    ['Accept', '', [post.headers[1]]],
    ['X-New', '1', [...post.headers, ['X-New', '1']]],
  ])('sets the header field %s to %j', (name, value, headers) => {
    expect(changeHeader(post, name, value).headers).toEqual(headers);
  });

  it('sends what was set, whatever it is', () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replace(/\p{Cs}/gu, 'x'));
    fc.assert(
      fc.property(words, words, fc.constantFrom(get, post), (name, value, request) => {
        const changed = changeParameter(request, { type: 'set', name, value });
        expect(requestParameters(changed)).toContainEqual([name, value]);
      }),
    );
  });
});
