import type { VendorError } from './vendor-error.ts';
import { entraError as row } from './vendor-errors-entra.ts';

/** Further codes of the form `AADSTS` and a number: accounts, tenants, policies, devices and their flow. */
export const entraAccountErrors: readonly VendorError[] = [
  row(
    '500112',
    'The redirect_uri of the token request is not that of the authorization request.',
    'Send the same redirect_uri in both requests, octet by octet.',
  ),
  row(
    '70004',
    'The redirect URI is not registered for this client.',
    'Register exactly the URI that is sent, under the right platform.',
  ),
  row('70002', 'The client secret is wrong.', 'Send the value of the secret, not its identifier.'),
  row(
    '700030',
    'The certificate of the client assertion is not accepted.',
    'Register this certificate, and check its subject name and validity.',
  ),
  row(
    '50147|501491',
    'The code_challenge is malformed.',
    'Send the base64url of the SHA-256 of the verifier: 43 characters.',
  ),
  row(
    '9001023|90124|90130',
    'The grant, resource or application does not work with /common or /consumers.',
    'Put the tenant or /organizations into the URL.',
  ),
  row(
    '240002',
    'The assertion is no token that this grant takes.',
    'Send an access token that was issued to this client, not an ID token.',
  ),
  row('135010', 'The key of the device was not found.', 'Register the device again.'),
  row('135011', 'The device is disabled.', 'Have the device enabled in the directory.'),
  row(
    '700005',
    'The code was issued by another tenant than the one that is asked to redeem it.',
    'Use the same tenant in the URLs of both requests.',
  ),
  row(
    '500133',
    'The assertion is not within its times.',
    'Compare its nbf and exp with the clock, and exchange it while it is valid.',
  ),
  row(
    '7000112',
    'The application is disabled in this tenant.',
    'Have its enterprise application enabled for sign-in.',
  ),
  row(
    '7000114',
    'The client may not exchange a token on behalf of a person.',
    'Send an access token that was issued to this client, and compare its aud.',
  ),
  row(
    '700022|700023',
    'The scope names several resources, or none.',
    'Ask for scopes of one resource at a time, as full names such as api://…/name.',
  ),
  row('70016', 'The person has not finished yet.', 'Keep asking, no faster than the interval allows.'),
  row('70018', 'The user code was typed wrong.', 'Show the user code again, or start anew.'),
  row('70019|70020', 'The device code has expired.', 'Start again and show the new user code.'),
  row(
    '51004',
    'The account does not exist in this directory.',
    'Check its spelling and the tenant in the URL.',
  ),
  row(
    '90072',
    'The account is of another organisation and is no guest of this one.',
    'Invite it as a guest, or sign in with an account of this tenant.',
  ),
  row('500571', 'The guest account is disabled.', 'Have an administrator of the tenant enable it.'),
  row(
    '500021|500212|500213',
    'A policy of one of the two organisations forbids access across tenants.',
    'Look at tenant restrictions and at the cross-tenant access settings of both.',
  ),
  row(
    '50097|50129',
    'A policy wants a registered device.',
    'Use a device that is joined or registered, or have the policy changed.',
  ),
  row(
    '50131|530032|530035|53011',
    'A conditional access or risk policy blocks the sign-in.',
    'Look at the sign-in log for the policy, and use a device or place it allows.',
  ),
  row(
    '50132|50144|50089',
    'The session, the password or the sign-in that was begun has expired.',
    'Send the person through a login again.',
  ),
  row(
    '50072|50078|50158|53004',
    'The person has to prove more: a second factor is missing or too old.',
    'Send the person through a login with a browser.',
  ),
  row(
    '50085',
    'The refresh token needs a fresh login at the social identity provider.',
    'Send the person through a login again.',
  ),
  row(
    '50027',
    'A JWT in the request is malformed or not trusted.',
    'Decode it and compare its issuer, audience, signature and times.',
  ),
  row(
    '50146',
    'The application has claims of its own and no signing key of its own.',
    'Give it a signing key, or set acceptMappedClaims for a verified domain.',
  ),
  row(
    '65002',
    'The API wants the client to be authorised beforehand.',
    'Add the client to the pre-authorised applications of the API, or use a registration of your own.',
  ),
  row(
    '650052|650056',
    'The organisation has no subscription or no consent for what the application needs.',
    'Have an administrator consent, and check the required permissions of the registration.',
  ),
  row(
    '90009',
    'The application asks for a token for itself by a name.',
    'Ask by its identifier (GUID) instead of the application ID URI.',
  ),
  row(
    '9002331|9002346',
    'The application is for personal accounts only.',
    'Use /consumers in the URL, or let the registration take accounts of organisations.',
  ),
  row(
    '9002332',
    'The application is for accounts of organisations only.',
    'Use the tenant or /organizations in the URL, or let the registration take personal accounts.',
  ),
  row(
    '900023',
    'The tenant in the URL is neither a domain nor an identifier.',
    'Correct the tenant in the URL.',
  ),
  row(
    '90006|90012|90024|90033|90055|90090',
    'The service is overloaded or unavailable.',
    'Wait and try again.',
  ),
  row(
    '700020',
    'The person has to act: no page may be shown for this request.',
    'Send the person through the same request without prompt=none.',
  ),
];
