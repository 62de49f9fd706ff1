import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BodyReading,
  isStructured,
  readResponseBody,
  topLevelObject,
} from '../../src/protocol/response-body.ts';
import { inputs } from '../every-case.ts';

describe('readResponseBody', () => {
  it.each<[string, BodyReading['type']]>([
    ['', 'empty'],
    [' \r\n\t', 'empty'],
    ['\ufeff \n', 'empty'],
    ['{}', 'json'],
    [' [1]\n', 'json'],
    ['\ufeff{"a":1}', 'json'],
    ['"text"', 'plain_text'],
    ['null', 'plain_text'],
    ['12', 'plain_text'],
    ['callback( {"error":1} );', 'wrapped_json'],
    ['_cb.x1\n(\n[1]\n)\n;', 'wrapped_json'],
    ['jQuery({"a":1})', 'wrapped_json'],
    ['/**/cb({"a":1});', 'wrapped_json'],
    ['cb("a");', 'plain_text'],
    ['cb({"a":1}', 'plain_text'],
    ['cb({"a":1}); more', 'plain_text'],
    ['({"a":1})', 'plain_text'],
    ['&&&START&&&{"a":1}', 'wrapped_json'],
    [`)]}'\n{"a":1}`, 'wrapped_json'],
    [`)]}',\n{"a":1}`, 'wrapped_json'],
    ['while(1);[1]', 'wrapped_json'],
    ['while (1) ; {"a":1}', 'wrapped_json'],
    ['for(;;);{"a":1}', 'wrapped_json'],
    ['for(;;);{"a":', 'plain_text'],
    ['<!DOCTYPE html><x', 'html'],
    ['<!doctype  HTML PUBLIC "x">', 'html'],
    ['<HTML lang=en>', 'html'],
    ['<h1>Oops</h1>', 'html'],
    ['<h7>Oops</h7>', 'xml'],
    ['<p>Oops', 'html'],
    ['<center/>', 'html'],
    ['<!-- x -->\n<html>', 'html'],
    ['<?xml version="1.0"?>\n<!DOCTYPE html><html xmlns="x"/>', 'html'],
    ['<!-- <html>', 'plain_text'],
    ['<pre>Oops</pre>', 'xml'],
    ['<OAuth><error>x</error></OAuth>', 'xml'],
    ['<a:p xmlns:a="x">1</a:p>', 'xml'],
    ['<a><b></a>', 'plain_text'],
    ['<br><b>Warning</b>', 'plain_text'],
    ['{"a":1,}', 'malformed_json'],
    [`{'a':1}`, 'malformed_json'],
    ['[1', 'malformed_json'],
    ['{"a":1}{"b":2}', 'malformed_json'],
    ['{"html":"<p>"', 'malformed_json'],
    ['}', 'plain_text'],
    ['access_token=a&x=', 'form'],
    ['x=1&error=a+b', 'form'],
    ['error_reason=x', 'form'],
    ['oauth_token=x&', 'form'],
    ['id%5Ftoken=x', 'form'],
    ['access_token=a&b', 'plain_text'],
    ['access_token=a &b=c', 'plain_text'],
    ['a=1&b=2', 'plain_text'],
    ['=access_token', 'plain_text'],
    ['Access_Token=a', 'plain_text'],
    ['400 Bad Request', 'plain_text'],
    ['\u00a0{}', 'plain_text'],
  ])('reads %j as %s', (text, type) => {
    expect(readResponseBody(text).type).toBe(type);
  });

  it('strips one byte order mark and says so', () => {
    expect(readResponseBody('\ufeff {"a":1} ')).toMatchObject({ byteOrderMark: true, text: '{"a":1}' });
    expect(readResponseBody('{"a":1}').byteOrderMark).toBe(false);
    expect(readResponseBody('\ufeff\ufeff{}').type).toBe('plain_text');
  });

  it('says what the JSON is wrapped in', () => {
    expect(readResponseBody('cb.x( {"a":1} );')).toMatchObject({
      wrapper: 'cb.x(…)',
      document: { value: { a: 1 } },
    });
    expect(readResponseBody('while(1);[1]')).toMatchObject({
      wrapper: 'while(1);',
      document: { value: [1] },
    });
  });

  it('says where and why JSON is malformed', () => {
    expect(readResponseBody(' {"a":1,} ')).toMatchObject({
      reason: 'has no quoted member name where one is due',
      offset: 7,
    });
  });

  it('takes the first value of a name in form data and XML', () => {
    expect(topLevelObject(readResponseBody('error=a&error=b&__proto__=c'))).toEqual(
      JSON.parse('{"error":"a","__proto__":"c"}'),
    );
    expect(topLevelObject(readResponseBody('<a><e>1</e><x:e>2</x:e></a>'))).toEqual({ e: '1' });
  });

  it('has a top-level object only where there is one', () => {
    expect(topLevelObject(readResponseBody('[{"a":1}]'))).toBeUndefined();
    expect(topLevelObject(readResponseBody('text'))).toBeUndefined();
  });

  it('never throws, and leaves no prototype changed', () => {
    const start = fc.constantFrom(
      '',
      '\ufeff',
      '{',
      '[',
      '<',
      'cb(',
      '&&&START&&&',
      `)]}'`,
      'for(;;);',
      'error=',
      '<html',
    );
    const text = fc.oneof(
      fc.tuple(start, fc.string({ unit: 'binary' })).map((parts) => parts.join('')),
      fc.uint8Array().map((octets) => new TextDecoder().decode(octets)),
    );
    fc.assert(
      fc.property(text, (body) => {
        const reading = readResponseBody(body);
        expect(isStructured(reading)).toBe(['json', 'wrapped_json', 'form', 'xml'].includes(reading.type));
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: inputs(500) },
    );
  });

  it('finds any object again, bare or wrapped, with whitespace around it', () => {
    const wrap = fc.constantFrom<(json: string) => string>(
      (json) => json,
      (json) => `cb(${json});`,
      (json) => `while(1);${json}`,
      (json) => `)]}'\n${json}`,
    );
    const space = fc.stringMatching(/^[ \t\r\n]{0,4}$/);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), wrap, space, (object, wrapped, around) => {
        const json = JSON.stringify(object);
        const reading = readResponseBody(around + wrapped(json) + around);
        expect(isStructured(reading) && reading.document.value).toEqual(JSON.parse(json));
      }),
    );
  });
});
