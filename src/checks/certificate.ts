import type { CertificateFacts } from '../context.ts';
import { confirmationOf } from '../jose/jwt.ts';
import { type JsonObject, textMember } from '../json/json.ts';
import { say } from '../say.ts';
import { checkOf, comparedWith, fail, pass, skip, type Verdict, warn } from './check-result.ts';
import { momentText, utcText } from './shown-value.ts';

/** Checks whether the client certificate is in force by the clock of this machine (RFC 5280 §4.1.2.5). */
export const checkClientCertificate = checkOf('client-certificate', (certificate: CertificateFacts) => {
  const { notBefore, notAfter, readAt } = certificate;
  const moment = (at: Date) => momentText(at.getTime() / 1000, readAt);
  const compared = {
    expected: say`${utcText(notBefore)} to ${utcText(notAfter)}`,
    received: utcText(readAt),
  };
  if (readAt > notAfter) return warn(say`The client certificate expired at ${moment(notAfter)}.`, compared);
  return readAt < notBefore
    ? warn(say`The client certificate is not valid before ${moment(notBefore)}.`, compared)
    : pass(say`The client certificate is valid until ${moment(notAfter)}.`, compared);
});

/**
 * Checks whether an access token is bound to the certificate of the client, by the claims of the token or by what
 * introspection says of it (RFC 8705 §3). Empty claims are those of a token that cannot be read; with `isDemanded` a
 * token that is bound to none fails (FAPI 2.0 Security Profile §5.3.2.1).
 */
export const checkCertificateBinding = checkOf('certificate-binding', judgeBinding);

function judgeBinding(
  claims: JsonObject,
  certificate: CertificateFacts | undefined,
  isDemanded = false,
): Verdict {
  const bound = textMember(confirmationOf(claims), 'x5t#S256');
  const compared = comparedWith(certificate?.thumbprint, bound);
  if (bound === undefined) {
    if (Object.keys(claims).length === 0)
      return skip('The token is opaque: what it is bound to does not show.', compared);
    return isDemanded
      ? fail('The token is not bound to the certificate, which the profile demands.', compared)
      : skip('The token is not bound to a certificate.', compared);
  }
  if (certificate === undefined)
    return warn(
      'The token is bound to a certificate, and this client shows none: an API will refuse it.',
      compared,
    );
  return bound === certificate.thumbprint
    ? pass('The token is bound to the certificate of the client.', compared)
    : fail(
        'The token is bound to another certificate than that of the client: an API will refuse it.',
        compared,
      );
}
