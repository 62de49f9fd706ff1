import type { TLSSocket } from 'node:tls';
import type { ProviderContext } from 'oidc-provider';

/**
 * What oidc-provider asks about the TLS certificate of a client (RFC 8705 §2). Certificates of every authority are
 * taken, as every password is; they only have to be in force.
 */
export const clientCertificates = {
  getCertificate: (context: ProviderContext) => certificateOf(context)?.toString(),
  certificateAuthorized(context: ProviderContext): boolean {
    const certificate = certificateOf(context);
    const now = Date.now();
    return (
      certificate !== undefined &&
      Date.parse(certificate.validFrom) <= now &&
      now <= Date.parse(certificate.validTo)
    );
  },
  certificateSubjectMatches(context: ProviderContext, property: string, expected: string): boolean {
    const certificate = certificateOf(context);
    if (property === 'tls_client_auth_subject_dn')
      return certificate?.subject.replaceAll('\n', ',') === expected;
    const kinds: Readonly<Record<string, string>> = {
      dns: 'DNS',
      ip: 'IP Address',
      email: 'email',
      uri: 'URI',
    };
    const kind = kinds[property.replace('tls_client_auth_san_', '')];
    return certificate?.subjectAltName?.split(', ').includes(`${kind}:${expected}`) === true;
  },
};

function certificateOf({ req }: ProviderContext) {
  return (req.socket as TLSSocket).getPeerX509Certificate?.();
}
