import { type Provider, unfitVerifier } from './provider.ts';

/** Microsoft Entra ID: its codes have the form `AADSTS` and a number. */
export const entra: Provider = {
  name: 'Microsoft Entra ID',
  hosts: ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.partner.microsoftonline.cn'],
  server: { type: 'issuer', issuer: 'https://login.microsoftonline.com/{tenant}/v2.0' },
  authentication: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  pkce: 'unadvertised',
  refresh: { type: 'ask', scope: 'offline_access' },
  loopback: { port: 'any', host: 'localhost' },
  quirks: [
    'With common or organizations the issuer in tokens is that of the tenant.',
    'http://127.0.0.1 can be registered in the manifest only.',
    'A public client must not send a secret.',
    'A redirect URI without a path gets a final slash.',
  ],
  register: 'https://entra.microsoft.com, App registrations',
  errors: {
    'learn.microsoft.com/entra/identity-platform/reference-error-codes': {
      AADSTS50011: {
        cause: 'The redirect URI is not registered for this client.',
        try: 'Register exactly the URI that is sent, under the right platform (web, single-page application, mobile and desktop).',
      },
      'AADSTS500113|AADSTS900971': {
        cause: 'The client has no redirect URI registered at all.',
        try: 'Register the redirect URI of the request.',
      },
      AADSTS700016: {
        cause: 'The server does not know this client in this tenant.',
        try: 'Compare client_id and the tenant in the URL; a multi-tenant client has to be consented to in each tenant first.',
      },
      'AADSTS70021|AADSTS70025|AADSTS700211|AADSTS700212|AADSTS700213': {
        cause: 'No federated credential of the client fits the assertion.',
        try: 'Compare iss, sub and aud of the assertion, letter by letter, with the federated credentials of the application.',
      },
      AADSTS7000215: {
        cause: 'The client secret is wrong.',
        try: 'Send the value of the secret, not its identifier; make a new one if in doubt.',
      },
      AADSTS7000222: {
        cause: 'The client secret has expired.',
        try: 'Make a new secret, or use a certificate.',
      },
      AADSTS7000218: {
        cause: 'The client has to authenticate, and did not.',
        try: 'Send the secret or an assertion, or allow public client flows for the registration.',
      },
      AADSTS7000216: {
        cause: 'The assertion or secret of the client is missing.',
        try: 'Send client_assertion, client_secret or Basic credentials.',
      },
      "AADSTS700025|AADSTS90023: Public clients can't send": {
        cause: 'The client is public, and sends a secret or an assertion.',
        try: 'Leave the secret out.',
      },
      AADSTS700021: {
        cause: 'The client assertion is of another client than client_id names.',
        try: 'Set iss and sub to the client_id.',
      },
      AADSTS700027: {
        cause: 'The signature or the key of the client assertion is refused.',
        try: 'Register the certificate that signs, send its thumbprint (x5t), and set aud to the token endpoint.',
      },
      AADSTS700024: {
        cause: 'The clock that wrote the client assertion is wrong, or the assertion has expired.',
        try: 'Set the clock, and make each assertion fresh.',
      },
      AADSTS700082: {
        cause: 'The refresh token has expired: it was not used for too long.',
        try: 'Log in again, and use refresh tokens within their lifetime.',
      },
      AADSTS70008: {
        cause: 'The code or refresh token has expired.',
        try: 'Log in again; redeem codes at once and use refresh tokens within their lifetime.',
      },
      AADSTS700084: {
        cause: 'The refresh token of a single-page application has expired: it lives 24 hours.',
        try: 'Send the person through a login again.',
      },
      AADSTS54005: {
        cause: 'The code was redeemed before: each code works once.',
        try: 'Redeem a code once, and look for what sends it again.',
      },
      AADSTS9002313: {
        cause: 'The request is malformed.',
        try: 'Compare its parameters with what the endpoint takes, and send form data.',
      },
      AADSTS9002325: {
        cause: 'The server demands PKCE for this redirect URI.',
        try: 'Send code_challenge with S256 and the code_verifier.',
      },
      'AADSTS9002326|AADSTS90023: Cross-origin token redemption': {
        cause:
          'A browser redeemed the code, and the redirect URI is not registered for a single-page application.',
        try: 'Register it under "Single-page application", or redeem the code in the backend, without an Origin.',
      },
      AADSTS9002327: {
        cause:
          'The redirect URI is registered for a single-page application: tokens are only given to requests with an Origin.',
        try: 'Register it under "Web" or "Mobile and desktop applications" instead, or redeem the code in the browser.',
      },
      'AADSTS50148|AADSTS501481': unfitVerifier,
      AADSTS50012: {
        cause: 'The client could not be authenticated.',
        try: 'Check secret or certificate and its expiry, and the audience of the assertion.',
      },
      AADSTS50013: {
        cause: 'The assertion is refused: its signature, audience, issuer or time.',
        try: 'Compare aud with the client that presents it, and the clocks.',
      },
      AADSTS65001: {
        cause: 'Consent for this client is missing.',
        try: 'Send the person through a login with prompt=consent, or have an administrator consent for the tenant.',
      },
      AADSTS65004: { cause: 'The person declined to consent.', try: 'Ask again, and for less.' },
      'AADSTS90094|AADSTS90093|AADSTS90095': {
        cause: 'An administrator has to consent to what the client asks for.',
        try: 'Have an administrator consent, or ask for less.',
      },
      AADSTS90008: {
        cause: 'The client does not ask for the permission to sign people in.',
        try: 'Add User.Read or openid to what is asked for.',
      },
      AADSTS50105: {
        cause: 'The person is not assigned to the application.',
        try: 'Assign the person or a group, or do not require assignment.',
      },
      AADSTS50020: {
        cause: 'The account is not in this tenant.',
        try: 'Use the right tenant in the URL, invite the account as a guest, or allow accounts of any organisation.',
      },
      'AADSTS50034|AADSTS51004': {
        cause: 'The account does not exist in this directory.',
        try: 'Check its spelling and the tenant in the URL.',
      },
      AADSTS50126: {
        cause: 'User name or password is wrong.',
        try: 'Check both; accounts of a federated domain cannot sign in this way.',
      },
      AADSTS50053: {
        cause: 'The account is locked, or the address is blocked.',
        try: 'Wait, or have an administrator look at the sign-in log.',
      },
      AADSTS50055: { cause: 'The password has expired.', try: 'Change it in a browser.' },
      AADSTS50057: { cause: 'The account is disabled.', try: 'Have an administrator enable it.' },
      AADSTS50058: {
        cause: 'The person is not signed in, and no page may be shown.',
        try: 'Send the person through the same request without prompt=none; browsers block third-party cookies in hidden frames.',
      },
      'AADSTS50059|AADSTS50128': {
        cause: 'Nothing in the request says which tenant is meant.',
        try: 'Put the tenant into the URL, or make the client multi-tenant.',
      },
      AADSTS90002: {
        cause: 'The tenant does not exist.',
        try: 'Check its name or identifier in the URL, and the cloud (national clouds have other hosts).',
      },
      AADSTS50194: {
        cause: 'The client is for one tenant only, and /common was asked.',
        try: 'Put the tenant into the URL, or make the client multi-tenant.',
      },
      AADSTS50196: {
        cause: 'The client asked the same thing too often in a short time.',
        try: 'Look for a loop: keep tokens until they expire.',
      },
      'AADSTS50076|AADSTS50079|AADSTS50074': {
        cause: 'A second factor is needed.',
        try: 'Send the person through a login with a browser.',
      },
      'AADSTS53000|AADSTS53001|AADSTS53003|AADSTS530003|AADSTS53009': {
        cause: 'A conditional access policy blocks the sign-in.',
        try: 'Look at the sign-in log for the policy, and use a device or place it allows.',
      },
      'AADSTS50173|AADSTS50133|AADSTS700081': {
        cause: 'The grant was revoked, for example by a change of the password.',
        try: 'Log in again.',
      },
      'AADSTS70000|AADSTS700003': {
        cause: 'The grant is refused.',
        try: 'Log in again, and compare the scope with what was granted.',
      },
      'AADSTS70011|AADSTS28002|AADSTS28003': {
        cause: 'A scope is malformed or mixes resources.',
        try: 'Ask for scopes of one resource at a time, as full names such as api://…/name; client credentials want …/.default.',
      },
      AADSTS1002012: {
        cause: 'Client credentials want one scope that ends in /.default.',
        try: 'Ask for the identifier of the API followed by /.default.',
      },
      AADSTS500011: {
        cause: 'The API that is asked for is unknown in this tenant.',
        try: 'Compare the resource or the start of the scope with the identifier of the API, and consent to it in the tenant.',
      },
      'AADSTS650057|AADSTS650053|AADSTS65005': {
        cause: 'The API or permission that is asked for is not among those of the registration.',
        try: 'Add it under API permissions, or correct the scope.',
      },
      'AADSTS70001|AADSTS700011': {
        cause: 'The client is unknown or disabled in this tenant.',
        try: 'Compare client_id and the tenant in the URL, and have the application enabled.',
      },
      'AADSTS70005|AADSTS700051|AADSTS700054': {
        cause: 'The response type is not enabled for this client.',
        try: 'Enable ID or access tokens for the implicit and hybrid flows, or ask for "code".',
      },
      AADSTS900144: {
        cause: 'A required parameter is missing from the body.',
        try: 'Send form data with the parameter that is named and Content-Type: application/x-www-form-urlencoded.',
      },
      'AADSTS90056|AADSTS900561': {
        cause: 'The endpoint takes POST only.',
        try: 'Send a POST to the token endpoint.',
      },
      'AADSTS70003|AADSTS70007': {
        cause: 'The grant type or response mode is not supported.',
        try: 'Check the spelling of grant_type and response_mode.',
      },
      'AADSTS90014|AADSTS90019|AADSTS90023': {
        cause: 'A required part of the request is missing or invalid.',
        try: 'Compare the parameters with the description, which names it.',
      },
      'AADSTS50001|AADSTS50002|AADSTS500014': {
        cause: 'The resource is unknown, disabled or not allowed in this tenant.',
        try: 'Check the identifier and that its service principal exists and is enabled.',
      },
      'AADSTS16000|AADSTS160021': {
        cause: 'Several accounts are signed in, and no page may be shown to choose one.',
        try: 'Send login_hint, or a request without prompt=none.',
      },
      AADSTS70043: {
        cause: 'The refresh token is no longer accepted because of the sign-in frequency policy.',
        try: 'Send the person through a login again.',
      },
      AADSTS90099: {
        cause: 'The application is not authorized in this tenant.',
        try: 'Have an administrator authorize it there.',
      },
      AADSTS500112: {
        cause: 'The redirect_uri of the token request is not that of the authorization request.',
        about: 'redirect_uri',
        try: 'Send the same redirect_uri in both requests, octet by octet.',
      },
      AADSTS70004: {
        cause: 'The redirect URI is not registered for this client.',
        try: 'Register exactly the URI that is sent, under the right platform.',
      },
      AADSTS70002: {
        cause: 'The client secret is wrong.',
        try: 'Send the value of the secret, not its identifier.',
      },
      AADSTS700030: {
        cause: 'The certificate of the client assertion is not accepted.',
        try: 'Register this certificate, and check its subject name and validity.',
      },
      'AADSTS50147|AADSTS501491': {
        cause: 'The code_challenge is malformed.',
        try: 'Send the base64url of the SHA-256 of the verifier: 43 characters.',
      },
      'AADSTS9001023|AADSTS90124|AADSTS90130': {
        cause: 'The grant, resource or application does not work with /common or /consumers.',
        try: 'Put the tenant or /organizations into the URL.',
      },
      AADSTS240002: {
        cause: 'The assertion is not a token that this grant takes.',
        try: 'Send an access token that was issued to this client, not an ID token.',
      },
      AADSTS135010: { cause: 'The key of the device was not found.', try: 'Register the device again.' },
      AADSTS135011: { cause: 'The device is disabled.', try: 'Have the device enabled in the directory.' },
      AADSTS700005: {
        cause: 'The code was issued by another tenant than the one that is asked to redeem it.',
        try: 'Use the same tenant in the URLs of both requests.',
      },
      AADSTS500133: {
        cause: 'The assertion is not within its times.',
        try: 'Compare its nbf and exp with the clock, and exchange it while it is valid.',
      },
      AADSTS7000112: {
        cause: 'The application is disabled in this tenant.',
        try: 'Have its enterprise application enabled for sign-in.',
      },
      AADSTS7000114: {
        cause: 'The client may not exchange a token on behalf of a person.',
        try: 'Send an access token that was issued to this client, and compare its aud.',
      },
      'AADSTS700022|AADSTS700023': {
        cause: 'The scope names several resources, or none.',
        try: 'Ask for scopes of one resource at a time, as full names such as api://…/name.',
      },
      AADSTS70016: {
        cause: 'The person has not finished yet.',
        try: 'Keep asking, no faster than the interval allows.',
      },
      AADSTS70018: {
        cause: 'The user code was typed wrong.',
        try: 'Show the user code again, or start anew.',
      },
      'AADSTS70019|AADSTS70020': {
        cause: 'The device code has expired.',
        try: 'Start again and show the new user code.',
      },
      AADSTS90072: {
        cause: 'The account is of another organisation and is not a guest of this one.',
        try: 'Invite it as a guest, or sign in with an account of this tenant.',
      },
      AADSTS500571: {
        cause: 'The guest account is disabled.',
        try: 'Have an administrator of the tenant enable it.',
      },
      'AADSTS500021|AADSTS500212|AADSTS500213': {
        cause: 'A policy of one of the two organisations forbids access across tenants.',
        try: 'Look at tenant restrictions and at the cross-tenant access settings of both.',
      },
      'AADSTS50097|AADSTS50129': {
        cause: 'A policy wants a registered device.',
        try: 'Use a device that is joined or registered, or have the policy changed.',
      },
      'AADSTS50131|AADSTS530032|AADSTS530035|AADSTS53011': {
        cause: 'A conditional access or risk policy blocks the sign-in.',
        try: 'Look at the sign-in log for the policy, and use a device or place it allows.',
      },
      'AADSTS50132|AADSTS50144|AADSTS50089': {
        cause: 'The session, the password or the sign-in that was begun has expired.',
        try: 'Send the person through a login again.',
      },
      'AADSTS50072|AADSTS50078|AADSTS50158|AADSTS53004': {
        cause: 'The person has to prove more: a second factor is missing or too old.',
        try: 'Send the person through a login with a browser.',
      },
      AADSTS50085: {
        cause: 'The refresh token needs a fresh login at the social identity provider.',
        try: 'Send the person through a login again.',
      },
      AADSTS50027: {
        cause: 'A JWT in the request is malformed or not trusted.',
        try: 'Decode it and compare its issuer, audience, signature and times.',
      },
      AADSTS50146: {
        cause: 'The application has claims of its own and no signing key of its own.',
        try: 'Give it a signing key, or set acceptMappedClaims for a verified domain.',
      },
      AADSTS65002: {
        cause: 'The API wants the client to be authorised beforehand.',
        try: 'Add the client to the pre-authorised applications of the API, or use a registration of your own.',
      },
      'AADSTS650052|AADSTS650056': {
        cause: 'The organisation has no subscription or no consent for what the application needs.',
        try: 'Have an administrator consent, and check the required permissions of the registration.',
      },
      AADSTS90009: {
        cause: 'The application asks for a token for itself by its URI.',
        try: 'Ask by its identifier (GUID) instead of the application ID URI.',
      },
      'AADSTS9002331|AADSTS9002346': {
        cause: 'The application is for personal accounts only.',
        try: 'Use /consumers in the URL, or let the registration take accounts of organisations.',
      },
      AADSTS9002332: {
        cause: 'The application is for accounts of organisations only.',
        try: 'Use the tenant or /organizations in the URL, or let the registration take personal accounts.',
      },
      AADSTS900023: {
        cause: 'The tenant in the URL is neither a domain nor an identifier.',
        try: 'Correct the tenant in the URL.',
      },
      'AADSTS90006|AADSTS90012|AADSTS90024|AADSTS90033|AADSTS90055|AADSTS90090': {
        cause: 'The service is overloaded or unavailable.',
        try: 'Wait and try again.',
      },
      AADSTS700020: {
        cause: 'The person has to act: no page may be shown for this request.',
        try: 'Send the person through the same request without prompt=none.',
      },
    },
  },
  tokens: {
    'learn.microsoft.com/entra/identity-platform/access-tokens#validate-tokens': [
      {
        failed: 'signature',
        header: { nonce: /./ },
        claims: { aud: /^(?:00000003-0000-0000-c000-000000000000|https:\/\/graph\.microsoft\.(?:com|us))/ },
        cause: 'The access token is for Microsoft Graph: only Graph can verify it.',
        why: 'Its header has a nonce, and what was signed is the hash of that nonce.',
        try: 'Ask for a token of your own API (a scope of it), and do not verify tokens for Graph.',
      },
      {
        failed: 'key',
        claims: { iss: /^https:\/\/(?:login\.microsoftonline\.(?:com|us)|sts\.windows\.net)\// },
        cause: 'The application has a signing key of its own, which the common key set does not list.',
        why: 'Claims mapping and SAML give an application its own key.',
        try: 'Fetch metadata and keys with ?appid=CLIENT_ID behind their URL (--metadata-url, --jwks-uri, --jwks).',
      },
      {
        failed: 'issuer',
        claims: { iss: /^https:\/\/sts\.windows\.net\// },
        cause: 'The token is of version 1.0, and the issuer asked for is that of version 2.0.',
        why: 'Tokens of version 1.0 name https://sts.windows.net/TENANT/ as their issuer.',
        try: 'Set requestedAccessTokenVersion to 2 in the manifest of the API, or expect the issuer of version 1.0.',
      },
      {
        failed: 'issuer',
        claims: { iss: /^https:\/\/login\.microsoftonline\.(?:com|us)\// },
        cause: 'The issuer in the token is that of the tenant of the user.',
        why: 'With common, organizations or consumers in the URL each tenant issues its own tokens.',
        try: 'Log in with the tenant in the issuer, or expect the issuer of each tenant that may sign in.',
      },
    ],
  },
};
