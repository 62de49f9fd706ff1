import { createHash, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { CertificateFacts, TlsIdentity } from '../context.ts';

/** Reads what matters of a client certificate; undefined where this Node does not give it out. */
export function certificateFacts(identity: TlsIdentity): CertificateFacts | undefined {
  const octets = 'cert' in identity ? identity.cert : certificateIn(identity);
  if (octets === undefined) return undefined;
  const { raw, validFrom, validTo } = new X509Certificate(octets);
  return {
    thumbprint: createHash('sha256').update(raw).digest('base64url'),
    notBefore: new Date(validFrom),
    notAfter: new Date(validTo),
    readAt: new Date(),
  };
}

/** Node opens PKCS #12 for TLS alone; its context knows the certificate, which the types do not tell. */
function certificateIn(identity: TlsIdentity): Buffer | undefined {
  const { context } = createSecureContext(identity as { pfx: Buffer; passphrase: string });
  return (context as { getCertificate?: () => Buffer }).getCertificate?.();
}
