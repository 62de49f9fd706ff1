import { describe, expect, it } from 'vitest';
import { checkCertificateBinding, checkClientCertificate } from '../../src/checks/certificate.ts';
import type { CertificateFacts } from '../../src/context.ts';
import type { JsonObject } from '../../src/json/json.ts';

const certificate = {
  thumbprint: 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2',
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2026-12-31T00:00:00Z'),
  readAt: new Date('2026-06-01T00:00:00Z'),
};
const bound = (thumbprint: string | number) => ({ sub: 'a', cnf: { 'x5t#S256': thumbprint } });

describe('the client certificate', () => {
  it.each([
    ['2026-06-01', 'pass', /until 2026-12-31 00:00:00 UTC \(/],
    ['2027-01-01', 'warn', /expired at 2026-12-31 00:00:00 UTC \(/],
    ['2025-12-31', 'warn', /not valid before 2026-01-01 00:00:00 UTC \(/],
  ])('at %s comes to %s', (readAt, outcome, detail) => {
    expect(checkClientCertificate({ ...certificate, readAt: new Date(readAt) })).toMatchObject({
      id: 'client-certificate',
      outcome,
      detail: expect.stringMatching(detail),
    });
  });
});

describe('the binding of a token to a certificate', () => {
  it.each<[string, JsonObject, CertificateFacts | undefined, string]>([
    ['the certificate of the client', bound(certificate.thumbprint), certificate, 'pass'],
    ['another one', bound('other'), certificate, 'fail'],
    ['one where the client shows none', bound('other'), undefined, 'warn'],
    ['none', { sub: 'a' }, certificate, 'skipped'],
    ['a key', { cnf: { jkt: 'x' } }, certificate, 'skipped'],
    ['something that is not a text', bound(1), certificate, 'skipped'],
    ['what does not show', {}, certificate, 'skipped'],
  ])('to %s', (_, claims, shown, outcome) => {
    expect(checkCertificateBinding(claims, shown)).toMatchObject({ id: 'certificate-binding', outcome });
  });

  it('fails where it is demanded and shows that there is none', () => {
    expect(checkCertificateBinding({ sub: 'a' }, certificate, true)).toMatchObject({ outcome: 'fail' });
    expect(checkCertificateBinding({}, certificate, true)).toMatchObject({ outcome: 'skipped' });
  });
});
