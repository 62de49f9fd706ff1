import { createHmac, createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecodedJws, decodeJwt } from '../../src/jose/jwt.ts';
import { numberText } from '../../src/json/exact-number.ts';

const payload =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const claims = { iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true };
const hs256 = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`;
const es256 = `eyJhbGciOiJFUzI1NiJ9.${payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`;
const jwe =
  'eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.' +
  'OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGeipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfqNzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6UklfCpIMfIjf7iGdXKHzg.' +
  '48V1_ALb6US04U3b.' +
  '5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A.' +
  'XFBoMYUZodetZdvTiFvSkQ';

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function decodeJws(text: string): DecodedJws {
  const decoded = decodeJwt(text);
  if (decoded.type !== 'jws') {
    throw new Error(`decoded as ${decoded.type}`);
  }
  return decoded;
}

const encrypted = encode('{"enc":"A128GCM"}');

describe('decodeJwt', () => {
  it('decodes the HMAC example of RFC 7515 A.1', () => {
    const decoded = decodeJws(hs256);
    expect(decoded.header).toEqual({ typ: 'JWT', alg: 'HS256' });
    expect(decoded.claims).toEqual(claims);
    const key = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow';
    const mac = createHmac('sha256', Buffer.from(key, 'base64url')).update(decoded.signingInput).digest();
    expect([...decoded.signature]).toEqual([...mac]);
  });

  it('decodes the ECDSA example of RFC 7515 A.3', () => {
    const decoded = decodeJws(es256);
    expect(decoded.header).toEqual({ alg: 'ES256' });
    expect(decoded.claims).toEqual(claims);
    const key = createPublicKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: 'P-256',
        x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
        y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      },
    });
    const input = Buffer.from(decoded.signingInput);
    expect(verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, decoded.signature)).toBe(true);
  });

  it('reads the header of the encrypted example of RFC 7516 A.1', () => {
    expect(decodeJwt(jwe)).toEqual({ type: 'jwe', header: { alg: 'RSA-OAEP', enc: 'A256GCM' } });
  });

  it('decodes an unsecured JWT (RFC 7519 §6.1)', () => {
    const decoded = decodeJws(`eyJhbGciOiJub25lIn0.${payload}.`);
    expect(decoded.header).toEqual({ alg: 'none' });
    expect(decoded.signature).toHaveLength(0);
  });

  it('keeps the digits of numbers in the claims', () => {
    const { claims: read } = decodeJws(`${encode('{}')}.${encode('{"sub":12345678901234567890}')}.`);
    expect(numberText(read, 'sub')).toBe('12345678901234567890');
  });

  it.each([
    ['no dots', 'abc', 'parts', 'count'],
    ['two parts', 'e30.e30', 'parts', 'count'],
    ['four parts', 'e30.e30.e30.e30', 'parts', 'count'],
    ['six parts', 'e30.e30.e30.e30.e30.e30', 'parts', 'count'],
    ['a padded header', 'e30=.e30.e30', 'header', 'padding'],
    ['a header in standard base64', 'e3+/.e30.e30', 'header', 'standard alphabet'],
    ['a header with a space', 'e 30.e30.e30', 'header', 'base64url'],
    ['a header of impossible length', 'e30aa.e30.e30', 'header', 'base64url'],
    ['an empty header', '.e30.e30', 'header', 'json'],
    ['a header that is not UTF-8', '_w.e30.e30', 'header', 'utf-8'],
    ['a header that is not JSON', `${encode('{a}')}.e30.e30`, 'header', 'json'],
    ['a header that is an array', `${encode('[]')}.e30.e30`, 'header', 'no object'],
    ['a header with a byte order mark', `${encode('\ufeff{}')}.e30.e30`, 'header', 'json'],
    ['a padded payload', 'e30.e30=.e30', 'payload', 'padding'],
    ['a payload that is not JSON', 'e30.YQ.e30', 'payload', 'json'],
    ['a payload that is a string', `e30.${encode('"a"')}.e30`, 'payload', 'no object'],
    ['a padded signature', 'e30.e30.e30=', 'signature', 'padding'],
    ['a signature with a line end', 'e30.e30.e30\n', 'signature', 'base64url'],
    ['an encrypted key in standard base64', `${encrypted}.a+.a.a.a`, 'encrypted key', 'standard alphabet'],
    ['a padded authentication tag', `${encrypted}....aa==`, 'authentication tag', 'padding'],
    ['five parts without enc', 'e30.e30.e30.e30.e30', 'parts', 'count'],
    ['three dots behind the payload', 'e30.e30...', 'payload', 'cut'],
    ['an ellipsis in the payload', 'e30.e3…', 'payload', 'cut'],
    ['dots for the payload', 'e30...c2ln', 'payload', 'cut'],
    ['a masked signature', 'e30.e30.***', 'signature', 'cut'],
    ['a masked payload', 'e30.****.c2ln', 'payload', 'cut'],
    ['a redacted signature', 'e30.e30.[REDACTED]', 'signature', 'cut'],
    ['a cut header', 'eyJhbG...', 'header', 'cut'],
  ])('says what is wrong with %s', (_, text, part, problem) => {
    expect(decodeJwt(text)).toEqual({
      type: 'invalid',
      part,
      problem,
      reason: expect.stringMatching(/^[A-Z].*\.$/),
    });
  });

  it('decodes what was encoded', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(object, object, fc.uint8Array(), (header, body, signature) => {
        const text = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(body))}.${Buffer.from(signature).toString('base64url')}`;
        const decoded = decodeJws(text);
        expect(decoded.header).toEqual(JSON.parse(JSON.stringify(header)));
        expect(decoded.claims).toEqual(JSON.parse(JSON.stringify(body)));
        expect(decoded.signature).toEqual(signature);
        expect(decoded.signingInput).toBe(text.slice(0, text.lastIndexOf('.')));
      }),
    );
  });

  it('never throws and never quotes the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.constant('e30')), {
          maxLength: 7,
        }),
        (parts) => {
          expect(['jws', 'jwe', 'invalid']).toContain(decodeJwt(parts.join('.')).type);
        },
      ),
    );
    const secret = decodeJwt(`e30.${encode('{"secret-value')}.e30`);
    expect(JSON.stringify(secret)).not.toContain('secret-value');
  });
});
