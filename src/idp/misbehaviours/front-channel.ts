import { signedToken } from './forged-token.ts';
import { withoutClaim } from './id-token.ts';
import { faultsOf } from './misbehaviour.ts';

const implicit = ['--flow', 'implicit'];
const hybrid = ['--flow', 'hybrid'];

/** ID tokens of the implicit and hybrid flows that a client must not accept (OIDC Core §3.2.2.11, §3.3.2.12, §3.3.3.6). */
export const refusedBrowserTokens = faultsOf(
  { prefix: 'browser', noun: 'an answer through the browser', reaction: 'refuse' },
  [
    [
      'without-at-hash',
      'whose ID token has no at_hash beside an access token',
      withoutClaim('at_hash'),
      ['id-token-at-hash'],
      implicit,
    ],
    [
      'without-c-hash',
      'whose ID token has no c_hash beside a code',
      withoutClaim('c_hash'),
      ['id-token-c-hash'],
      hybrid,
    ],
    [
      'without-token',
      'without the access token that was asked for',
      { answer: ({ access_token: _, ...rest }) => rest },
      ['authorization-response'],
      implicit,
    ],
    [
      'second-id-token-of-another-user',
      'before an ID token of another user from the token endpoint',
      {
        idToken: ({ header, claims, key, comesBy }) =>
          signedToken(header, comesBy === 'browser' ? claims : { ...claims, sub: 'user-2' }, key),
      },
      ['hybrid-id-tokens'],
      hybrid,
    ],
  ],
);
