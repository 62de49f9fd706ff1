import type { Provider } from './provider.ts';

/** User pools of Amazon Cognito. */
export const cognito: Provider = {
  name: 'Amazon Cognito',
  hosts: ['cognito-idp.*.amazonaws.com', '*.amazoncognito.com'],
  server: { type: 'issuer', issuer: 'https://cognito-idp.{region}.amazonaws.com/{pool}' },
  authentication: ['client_secret_basic', 'client_secret_post', 'none'],
  pkce: 'S256',
  refresh: { type: 'always' },
  loopback: { port: 'exact', host: 'localhost' },
  quirks: ['The endpoints are on the domain of the pool, not on the host of the issuer.'],
  errors: {
    'docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html': {
      redirect_mismatch: {
        cause: 'The redirect URI is not registered for this client.',
        try: 'Add it to the allowed callback URLs. Register exactly the URI that is sent: scheme, host, port, path and a slash at the end count.',
      },
      'SECRET_HASH was not received|Unable to verify secret hash': {
        cause: 'The app client has a secret, and the request does not prove it.',
        try: 'Send the secret (SECRET_HASH for the user pool API), or use an app client without one.',
      },
      'Refresh Token has been revoked|Refresh Token has expired|Invalid Refresh Token': {
        cause: 'The refresh token has expired, was revoked, or is of another app client.',
        try: 'Log in again, and use the app client it was issued to.',
        exactCase: true,
        shared: true,
        grant: 'refresh_token',
      },
      'attributes required: [': {
        cause: 'The identity provider behind the user pool did not give an attribute that the pool requires.',
        try: 'Map the attribute from the identity provider, or do not require it.',
      },
      'Already found an entry for username': {
        cause: 'The person was linked or created a moment ago by this very sign-in.',
        try: 'Sign in once more.',
      },
      'User pool client … does not exist': {
        cause: 'The server does not know this client.',
        try: 'Compare the client_id, the region and the user pool.',
      },
    },
  },
  tokens: {
    'docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html': [
      {
        failed: 'form',
        header: { signer: /^arn:aws[\w-]*:elasticloadbalancing:/ },
        cause: 'An AWS load balancer wrote the token: it pads each part with "=", by design.',
        why: 'signer in the header names the load balancer.',
        try: 'Verify it as it stands with the key at https://public-keys.auth.elb.REGION.amazonaws.com/KID, and compare signer.',
      },
      {
        failed: 'key',
        header: { signer: /^arn:aws[\w-]*:elasticloadbalancing:/ },
        cause: 'An AWS load balancer signed the token, not the issuer.',
        why: 'signer in the header names the load balancer.',
        try: 'Take the key from https://public-keys.auth.elb.REGION.amazonaws.com/KID (--key FILE).',
      },
    ],
  },
};
