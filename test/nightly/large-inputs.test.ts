import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { splitCommandLine } from '../../src/adapters/child-program.ts';
import { readCertificates } from '../../src/adapters/tls-trust.ts';
import { namedAsMissing } from '../../src/diagnosis/missing-parameter.ts';
import { decodeJwt } from '../../src/jose/jwt.ts';
import { parseJsonExactly } from '../../src/json/parse-json-exactly.ts';
import { readXml } from '../../src/json/xml.ts';
import { createRedactor } from '../../src/output/redact.ts';
import { renderJson } from '../../src/output/render-json.ts';
import { wrapText } from '../../src/output/width.ts';
import { parseChallenges } from '../../src/protocol/challenge.ts';
import { parseForm } from '../../src/protocol/parameters.ts';
import { readResponseBody } from '../../src/protocol/response-body.ts';
import { readTokenResponse } from '../../src/protocol/token-response.ts';
import { findTokens } from '../../src/recording/find-tokens.ts';
import { readToken } from '../../src/recording/opaque-token.ts';
import { recogniseInput } from '../../src/recording/recognise-input.ts';
import { rs256 } from '../jose/token-vectors.ts';

/**
 * Fails when the work takes more processor time than any linear reading needs. Processor time stays the same on a
 * busy machine, where a clock on the wall would not.
 */
function expectLinear(limitMs: number, work: () => void): void {
  const before = process.cpuUsage();
  work();
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(limitMs);
}

describe('renderJson', () => {
  it('colours a text as long as a response may be', () => {
    const text = '\n'.repeat(5_000_000);
    const rendered = renderJson([text], { pretty: false, color: true });
    expect(stripVTControlCharacters(rendered)).toBe(`${JSON.stringify([text])}\n`);
  });
});

describe('readXml', () => {
  it.each([
    ['open elements', '<a>'.repeat(600_000)],
    ['nested elements', '<a>'.repeat(200_000) + '</a>'.repeat(200_000)],
    ['space in a tag', `<a${' '.repeat(2_000_000)}`],
    ['one long name', `<${'a'.repeat(2_000_000)}`],
    ['ampersands', `<a>${'&amp;'.repeat(400_000)}</a>`],
    ['comments', `<a>${'<!---->'.repeat(200_000)}</a>`],
    ['many attributes', `<a ${Array.from({ length: 60_000 }, (_, index) => `a${index}="1"`).join(' ')}/>`],
    ['a doctype', `<!DOCTYPE a [${'"x"'.repeat(400_000)}`],
    ['a reference without end', `<a>&${'a'.repeat(2_000_000)}</a>`],
    ['a declaration of space', `<?xml version="1.0"${' '.repeat(2_000_000)}`],
  ])('reads megabytes of %s in linear time', (_, text) => {
    expectLinear(5000, () => readXml(text));
  });
});

describe('an XML document of ten million characters', () => {
  const size = 9_900_000;
  it.each([
    ['the name of an element', `<${'a'.repeat(size)}/>`],
    ['the name of an element that ends', `<a></${'a'.repeat(size)}>`],
    ['the name of an attribute', `<a ${'a'.repeat(size)}="x"/>`],
    ['the name of an entity', `<a>&${'a'.repeat(size)};</a>`],
    ['a number', `<a>&#${'1'.repeat(size)};</a>`],
    ['an encoding', `<?xml version="1.0" encoding="é${'b'.repeat(size)}"?><a/>`],
  ])('leaves the stack of the engine intact with %s', (_, text) => {
    expect(() => readXml(text)).not.toThrow();
  });

  it.each([
    ['an attribute', `<a b="${'c'.repeat(size)}"/>`],
    ['text', `<a>${'c'.repeat(size)}</a>`],
    ['references', `<a>${'&amp;'.repeat(size / 5)}</a>`],
    ['white space', `<a${' '.repeat(size)}/>`],
    ['a version', `<?xml version="1.${'0'.repeat(size)}"?><a/>`],
  ])('is read in spite of %s', (_, text) => {
    expect(readXml(text)?.rootName).toBe('a');
  });
});

describe('parseJsonExactly', () => {
  it.each([
    ['brackets without end', '['.repeat(2_000_000)],
    ['a long string', `["${'a'.repeat(2_000_000)}"]`],
    ['escapes', `["${'\\n'.repeat(1_000_000)}"]`],
    [
      'many small members',
      `{${Array.from({ length: 100_000 }, (_, index) => `"m${index}":${index}`).join(',')}}`,
    ],
    ['many unsafe integers', `[${'12345678901234567890,'.repeat(80_000)}0]`],
    ['one huge number', `[${'9'.repeat(1_000_000)}]`],
    ['whitespace', `[${' '.repeat(2_000_000)}]`],
  ])('reads megabytes of %s in linear time', (_, text) => {
    expectLinear(5000, () => parseJsonExactly(text));
  });
});

describe('readResponseBody', () => {
  it.each([
    ['inner whitespace', `a${' '.repeat(2_000_000)}b`],
    ['a name', 'a'.repeat(2_000_000)],
    ['a name and spaces', `a${' '.repeat(2_000_000)}`],
    ['comments', '<!---->'.repeat(280_000)],
    ['open brackets in a call', `cb(${'['.repeat(2_000_000)})`],
    ['form data', 'error=1&'.repeat(200_000)],
    ['spaces after while', `while${' '.repeat(2_000_000)}`],
    ['spaces after a doctype', `<!doctype${' '.repeat(2_000_000)}`],
  ])('reads megabytes of %s in linear time', (_, text) => {
    expectLinear(5000, () => readResponseBody(text));
  });
});

describe('parseForm', () => {
  it.each(['%41'.repeat(660_000), '&'.repeat(2_000_000), 'a=%'.repeat(600_000)])(
    'reads megabytes in linear time',
    (text) => expectLinear(5000, () => parseForm(text)),
  );
});

describe('parseChallenges', () => {
  it.each(['"', 'a=', 'a ', ',', ' ', 'a="\\'])('reads 200,000 times %s in linear time', (part) => {
    expectLinear(1500, () => parseChallenges(part.repeat(200_000)));
  });
});

describe('a redactor', () => {
  it('looks once through base64 that has parts of a secret in it everywhere', () => {
    const secret = Array.from({ length: 2500 }, (_, index) => `${index}/+=~ü"`.slice(0, 8)).join('');
    const sent = Buffer.from(`client:${new URLSearchParams([['', secret]])}`).toString('base64');
    expectLinear(2500, () => {
      expect(createRedactor([{ kind: 'code', value: secret }]).redact(`a=${sent}`)).toBe('a=‹code›');
    });
  });

  it('hides secrets of a megabyte', () => {
    const size = 1024 * 1024;
    const { redactBody } = createRedactor([{ kind: 'token', value: `${'/'.repeat(size)}!` }]);
    expect(redactBody(`a=${'/'.repeat(size)}`)).toBe('a=‹token›');
    expect(redactBody(`{"access_token":"${'\\n'.repeat(size / 2)}"}`)).toBe(
      '{"access_token":"‹access_token›"}',
    );
    expect(redactBody(`x eyJ${'a'.repeat(size)}.b.c`)).toBe('x ‹jwt›');
    expect(redactBody(`x eyJhbGciOiJub25lIn0.${'a'.repeat(size)}.c`)).toBe('x ‹jwt›');
  });
});

describe('readTokenResponse', () => {
  it.each([
    ['objects', `[${'{"a":{"b":[{}]}},'.repeat(100_000)}{"access_token":"t"}]`],
    [
      'members',
      `{${Array.from({ length: 100_000 }, (_, index) => `"a_${index}":{}`).join(',')},"access_token":"t"}`,
    ],
    [
      'nested arrays of objects',
      `{"a":${'['.repeat(400)}${'{},'.repeat(300_000)}{"access_token":"t"}${']'.repeat(400)}}`,
    ],
  ])('searches megabytes of %s in linear time', (_, body) => {
    expectLinear(5000, () => {
      const reading = readTokenResponse({ status: 200, headers: [], body }, {});
      expect(reading).toMatchObject({ type: 'tokens', accessToken: 't' });
    });
  });
});

describe('decodeJwt', () => {
  it('refuses megabytes of dots in linear time', () => {
    expectLinear(5000, () => expect(decodeJwt('.'.repeat(5_000_000)).type).toBe('invalid'));
  });
});

describe('findTokens', () => {
  const [header] = rs256.token.split('.');

  it.each([
    ['one long word', 'a'.repeat(10_000_000)],
    ['dots', '.'.repeat(10_000_000)],
    ['tildes', `${rs256.token}${'~'.repeat(10_000_000)}`],
    ['a JWT in a text, all of it header', `is eyJ${'a'.repeat(10_000_000)}.b.c`],
    ['percent signs', '%41'.repeat(3_000_000)],
    ['starts of JWTs', 'eyJhbGciOi.'.repeat(900_000)],
    ['starts of JWTs without dots', 'eyJhbGciOi-'.repeat(900_000)],
    ['short lines', 'eyJh\n'.repeat(2_000_000)],
    ['spaces', ' '.repeat(10_000_000)],
    ['spaces inside', `a${' '.repeat(5_000_000)}b`],
    ['opening brackets', '['.repeat(10_000_000)],
    ['quotes', '"'.repeat(10_000_000)],
    ['pairs', 'a=b&'.repeat(2_500_000)],
    ['a JWT of ten million characters', `${header}.${'eyJh'.repeat(2_500_000)}.c2ln`],
  ])('reads ten million characters in linear time: %s', (_, text) => {
    expectLinear(8000, () => {
      const search = findTokens(text);
      if (search.type === 'found') for (const { text: token } of search.tokens) readToken(token);
    });
  });
});

describe('recogniseInput', () => {
  it.each([
    ['quotes', '"'],
    ['brackets', '{"a":['],
    ['percent signs', '%'],
    ['ampersands', '&a'],
    ['lines', 'a\n'],
    ['spaces', ' '],
    ['status lines', 'HTTP/1.1 200 OK\n\n'],
    ['request lines', '> GET / HTTP/1.1\n'],
    ['header lines', 'a: b\n'],
    ['dots', 'ey.'],
    ['tags', '<a '],
    ['questions', '?code=a'],
    ['asterisks', '* Connection #0 to host '],
  ])('takes linear time for a megabyte of %s', (_, unit) => {
    const long = unit.repeat(Math.ceil(1_000_000 / unit.length));
    for (const prefix of [
      '',
      'https://as.example/?code=',
      'HTTP/1.1 200 OK\n\n',
      'WWW-Authenticate: Bearer ',
      '{"access_token":"',
    ]) {
      expectLinear(1500, () => recogniseInput(prefix + long, 'test'));
    }
  });
});

describe('wrapText', () => {
  it('takes time that grows linearly with the text', () => {
    const words = `${'a '.repeat(200_000)}${'b'.repeat(500_000)}`;
    expectLinear(3000, () => wrapText(`${'('.repeat(50_000)} ${words}${' '.repeat(500_000)}`, 40));
  });
});

describe('createRedactor', () => {
  it.each([
    ['a secret of one repeated character', 'a'.repeat(100_000), 'a'.repeat(300_000)],
    ['starts of JWTs', 'eyJ-'.repeat(40_000), 'eyJ-'.repeat(100_000)],
    ['quotation marks', `${'"'.repeat(20_000)}x`, '"'.repeat(300_000)],
  ])('takes time that grows linearly: %s', (_, secret, text) => {
    const redactor = createRedactor([{ kind: 'token', value: `${secret}!` }]);
    expectLinear(8000, () => {
      redactor.redact(text);
      redactor.redactBody(text);
    });
  });
});

describe('namedAsMissing', () => {
  it('looks in no more than the beginning of a long text', () => {
    const text = `missing ${'parameter '.repeat(200_000)}`;
    expectLinear(1000, () => expect(namedAsMissing(text)).toEqual([]));
  });
});

describe('splitCommandLine', () => {
  it('takes no longer for many quotes', () => {
    expectLinear(1000, () => void splitCommandLine(`${'"'.repeat(9_999)}${'\'"'.repeat(5_000)}`));
  });
});

describe('readCertificates', () => {
  it('looks through a file of beginnings once', () => {
    expectLinear(3000, () => {
      expect(() => readCertificates('-----BEGIN CERTIFICATE-----\n'.repeat(350_000))).toThrow(
        'The CA file does not hold a PEM certificate.',
      );
    });
  });
});
