import { expect, it } from 'vitest';
import { readCertificates } from '../../src/adapters/tls-trust.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';

it('takes the certificates out of the text around them', () => {
  const [one, two] = ['one', 'two'].map((name) => issueCertificate({ name }).cert.trim());
  expect(readCertificates(`# first\n${one}\nnothing\n${two}\n-----BEGIN CERTIFICATE-----`)).toEqual([
    one,
    two,
  ]);
});
