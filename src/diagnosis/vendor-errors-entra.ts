import type { VendorError } from './vendor-error.ts';

const source = 'learn.microsoft.com/entra/identity-platform/reference-error-codes';

/** A row for codes of this form; `code` is one number or several, with `|` between them. */
export function entraError(code: string, cause: string, remedy: string): VendorError {
  return { pattern: new RegExp(`\\bAADSTS(?:${code})\\b`), cause, try: remedy, source };
}

/** Codes of the form `AADSTS` and a number. */
export const entraErrors: readonly VendorError[] = [
  entraError(
    '50011',
    'The redirect URI is not registered for this client.',
    'Register exactly the URI that is sent, under the right platform (web, single-page application, mobile and desktop).',
  ),
  entraError(
    '500113|900971',
    'The client has no redirect URI registered at all.',
    'Register the redirect URI of the request.',
  ),
  entraError(
    '700016',
    'The server does not know this client in this tenant.',
    'Compare client_id and the tenant in the URL; a multi-tenant client has to be consented to in each tenant first.',
  ),
  entraError(
    '7000215',
    'The client secret is wrong.',
    'Send the value of the secret, not its identifier; make a new one if in doubt.',
  ),
  entraError('7000222', 'The client secret has expired.', 'Make a new secret, or use a certificate.'),
  entraError(
    '7000218',
    'The client has to authenticate, and did not.',
    'Send the secret or an assertion, or allow public client flows for the registration.',
  ),
  entraError(
    '7000216',
    'The assertion or secret of the client is missing.',
    'Send client_assertion, client_secret or Basic credentials.',
  ),
  entraError('700025', 'The client is public, and sends a secret or an assertion.', 'Leave the secret out.'),
  entraError(
    '700027',
    'The signature or the key of the client assertion is refused.',
    'Register the certificate that signs, send its thumbprint (x5t), and set aud to the token endpoint.',
  ),
  entraError(
    '700024',
    'The clock that wrote the client assertion is wrong, or the assertion has expired.',
    'Set the clock, and make each assertion fresh.',
  ),
  entraError(
    '70008|700082',
    'The code or refresh token has expired.',
    'Log in again; redeem codes at once and use refresh tokens within their lifetime.',
  ),
  entraError(
    '700084',
    'The refresh token of a single-page application has expired: it lives 24 hours.',
    'Send the person through a login again.',
  ),
  entraError(
    '54005',
    'The code was redeemed before: each code works once.',
    'Redeem a code once, and look for what sends it again.',
  ),
  entraError(
    '9002313',
    'The request is malformed.',
    'Compare its parameters with what the endpoint takes, and send form data.',
  ),
  entraError(
    '9002325',
    'The server demands PKCE for this redirect URI.',
    'Send code_challenge with S256 and the code_verifier.',
  ),
  entraError(
    '9002326',
    'The redirect URI is registered for a single-page application, and the request comes from elsewhere.',
    'Register it under "web" or "mobile and desktop" instead, or redeem the code in the browser.',
  ),
  entraError(
    '9002327',
    'The redirect URI is registered for a single-page application: tokens are only given to requests with an Origin.',
    'Register it under "web" or "mobile and desktop" instead, or redeem the code in the browser.',
  ),
  entraError(
    '50148|501481',
    'The code_verifier does not fit the code_challenge.',
    'Keep the verifier of each login until its code is redeemed.',
  ),
  entraError(
    '50012',
    'The client could not be authenticated.',
    'Check secret or certificate and its expiry, and the audience of the assertion.',
  ),
  entraError(
    '50013',
    'The assertion is refused: its signature, audience, issuer or time.',
    'Compare aud with the client that presents it, and the clocks.',
  ),
  entraError(
    '65001',
    'Nobody has consented to what the client asks for.',
    'Send the person through a login with prompt=consent, or have an administrator consent for the tenant.',
  ),
  entraError('65004', 'The person declined to consent.', 'Ask again, and for less.'),
  entraError(
    '90094|90093|90095',
    'An administrator has to consent to what the client asks for.',
    'Have an administrator consent, or ask for less.',
  ),
  entraError(
    '90008',
    'The client does not ask for the permission to sign people in.',
    'Add User.Read or openid to what is asked for.',
  ),
  entraError(
    '50105',
    'The person is not assigned to the application.',
    'Assign the person or a group, or do not require assignment.',
  ),
  entraError(
    '50020',
    'The account is not in this tenant.',
    'Use the right tenant in the URL, invite the account as a guest, or allow accounts of any organisation.',
  ),
  entraError(
    '50034',
    'The account does not exist in this directory.',
    'Check its spelling and the tenant in the URL.',
  ),
  entraError(
    '50126',
    'User name or password is wrong.',
    'Check both; accounts of a federated domain cannot sign in this way.',
  ),
  entraError(
    '50053',
    'The account is locked, or the address is blocked.',
    'Wait, or have an administrator look at the sign-in log.',
  ),
  entraError('50055', 'The password has expired.', 'Change it in a browser.'),
  entraError('50057', 'The account is disabled.', 'Have an administrator enable it.'),
  entraError(
    '50058',
    'The person is not signed in, and no page may be shown.',
    'Send the person through the same request without prompt=none; browsers block third-party cookies in hidden frames.',
  ),
  entraError(
    '50059|50128',
    'Nothing in the request says which tenant is meant.',
    'Put the tenant into the URL, or make the client multi-tenant.',
  ),
  entraError(
    '90002',
    'The tenant does not exist.',
    'Check its name or identifier in the URL, and the cloud (national clouds have other hosts).',
  ),
  entraError(
    '50194',
    'The client is for one tenant only, and /common was asked.',
    'Put the tenant into the URL, or make the client multi-tenant.',
  ),
  entraError(
    '50196',
    'The client asked the same thing too often in a short time.',
    'Look for a loop: keep tokens until they expire.',
  ),
  entraError(
    '50076|50079|50074',
    'A second factor is needed.',
    'Send the person through a login with a browser.',
  ),
  entraError(
    '53000|53001|53003|530003|53009',
    'A conditional access policy blocks the sign-in.',
    'Look at the sign-in log for the policy, and use a device or place it allows.',
  ),
  entraError(
    '50173|50133|700081',
    'The grant was revoked, for example by a change of the password.',
    'Log in again.',
  ),
  entraError(
    '70000|700003',
    'The grant is refused.',
    'Log in again, and compare the scope with what was granted.',
  ),
  entraError(
    '70011',
    'A scope is malformed or mixes resources.',
    'Ask for scopes of one resource at a time, as full names such as api://…/name; client credentials want …/.default.',
  ),
  entraError(
    '1002012',
    'Client credentials want one scope that ends in /.default.',
    'Ask for the identifier of the API followed by /.default.',
  ),
  entraError(
    '500011',
    'The API that is asked for is unknown in this tenant.',
    'Compare the resource or the start of the scope with the identifier of the API, and consent to it in the tenant.',
  ),
  entraError(
    '650057|650053|65005',
    'The API or permission that is asked for is not among those of the registration.',
    'Add it under API permissions, or correct the scope.',
  ),
  entraError(
    '70001|700011',
    'The client is unknown or disabled in this tenant.',
    'Compare client_id and the tenant in the URL, and have the application enabled.',
  ),
  entraError(
    '70005|700051|700054',
    'The response type is not enabled for this client.',
    'Enable ID or access tokens for the implicit and hybrid flows, or ask for "code".',
  ),
  entraError(
    '900144',
    'A required parameter is missing from the body.',
    'Send form data with the parameter that is named and Content-Type: application/x-www-form-urlencoded.',
  ),
  entraError('90056|900561', 'The endpoint takes POST only.', 'Send a POST to the token endpoint.'),
  entraError(
    '70003|70007',
    'The grant type or response mode is not supported.',
    'Check the spelling of grant_type and response_mode.',
  ),
  entraError(
    '90014|90019|90023',
    'A required part of the request is missing or invalid.',
    'Compare the parameters with the description, which names it.',
  ),
  entraError(
    '50001|50002|500014',
    'The resource is unknown, disabled or not allowed in this tenant.',
    'Check the identifier and that its service principal exists and is enabled.',
  ),
  entraError(
    '16000|160021',
    'Several accounts are signed in, and no page may be shown to choose one.',
    'Send login_hint, or a request without prompt=none.',
  ),
  entraError(
    '70043',
    'The refresh token is no longer accepted because of the sign-in frequency policy.',
    'Send the person through a login again.',
  ),
  entraError(
    '90099',
    'The application is not authorized in this tenant.',
    'Have an administrator authorize it there.',
  ),
];
