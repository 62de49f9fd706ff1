// The baseline of the login benchmark: the same login written with openid-client in the way its documentation
// suggests. ID token signatures are verified here too (its non-repudiation checks), as oauth-code always does.
// Usage: node openid-client-login.mjs ISSUER CLIENT_ID
// The authorization URL goes to stderr, alone on a line; the tokens and the user's claims go to stdout as JSON.
import { once } from 'node:events';
import { createServer } from 'node:http';
import * as client from 'openid-client';

const [issuer, clientId] = process.argv.slice(2);

const config = await client.discovery(new URL(issuer), clientId, undefined, client.None(), {
  execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
});

const listener = createServer();
listener.listen(0, '127.0.0.1');
await once(listener, 'listening');
const redirectUri = `http://127.0.0.1:${listener.address().port}/callback`;

const pkceCodeVerifier = client.randomPKCECodeVerifier();
const expectedState = client.randomState();
const expectedNonce = client.randomNonce();
const authorizationUrl = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope: 'openid profile offline_access',
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  state: expectedState,
  nonce: expectedNonce,
});
process.stderr.write(`${authorizationUrl.href}\n`);

const [request, response] = await once(listener, 'request');
const tokens = await client.authorizationCodeGrant(config, new URL(request.url, redirectUri), {
  pkceCodeVerifier,
  expectedState,
  expectedNonce,
  idTokenExpected: true,
});
const claims = tokens.claims();
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
response.end('Done, you may close this page.');
process.stdout.write(`${JSON.stringify({ tokens, claims, userinfo })}\n`);
listener.close();
listener.closeIdleConnections();
setImmediate(() => listener.closeAllConnections());
