import { shownValue } from '../checks/shown-value.ts';
import { readChallenge } from '../protocol/challenge.ts';
import { own, say } from '../say.ts';
import { contradiction, ruledOut } from './diagnosis.ts';
import { dpopErrors, type ErrorTable } from './error-table.ts';

/** Errors of a protected resource such as UserInfo and what they come from (RFC 6750 §3.1; RFC 9449 §7.1; RFC 9470 §3). */
export const resourceErrors: ErrorTable = {
  'RFC 6750 §3.1': {
    invalid_token: () => [
      {
        cause: 'The access token has expired or was revoked.',
        why: 'invalid_token covers expired, revoked and malformed tokens alike.',
        try: {
          login: 'Compare the clocks of this machine and of the server, and log in again.',
          debug: 'Refresh it. Decode the token, if it is a JWT, and compare exp with the clock.',
        },
      },
      {
        cause: 'The access token is for another API or from another issuer.',
        why: 'Its audience has to be this API; one for UserInfo fits nothing else, and the other way round.',
        try: {
          login: 'Leave out --audience and --resource at the login, or log in with --no-userinfo.',
          debug: 'Ask for a token with the audience, resource or scope of this API, and compare aud and iss.',
        },
        source: 'RFC 6750 §3.1; RFC 8707 §2',
      },
      {
        cause: 'Another token than the access token was sent.',
        why: 'An ID token or a refresh token is refused in the same way.',
        try: 'Send the value of access_token.',
        confidence: 'low',
      },
    ],
    insufficient_scope: (situation) => {
      const { scope } = readChallenge(situation.response?.headers ?? []);
      const asked = situation.scope ?? [];
      const isUserinfo = /openid/.test(situation.text) || /userinfo/i.test(situation.text);
      const needed = scope ?? (isUserinfo ? 'openid' : null);
      const isAsked = needed?.split(' ').every((word) => asked.includes(word)) === true;
      const shownAsked = asked.length === 0 ? undefined : shownValue(asked.join(' '));
      const together = (words: readonly (string | null)[]) => shownValue(words.join(' '));
      return [
        ruledOut('The login did not ask for the scope.', isAsked && say`It asked for ${shownAsked ?? ''}.`),
        {
          cause: say`The access token lacks ${needed === null ? own('more scope than it has') : say`the scope ${shownValue(needed)}`}.`,
          why: say`The resource says insufficient_scope${shownAsked === undefined ? '' : say`; the login asked for ${shownAsked}`}.`,
          try: {
            login: say`Ask for it with --scope${needed === null ? '' : say` "${together([...asked, needed])}"`}.`,
            debug:
              asked.length > 0 && needed !== null && !isAsked
                ? say`Ask for scope "${together([needed, ...asked])}" in the authorization request, and log in again: a token keeps the scope it was issued with.`
                : 'Ask for it in the authorization request, and check that the server grants it: the token response says what was granted.',
          },
          ...(needed !== null && !isAsked
            ? contradiction(shownValue(needed), shownAsked)
            : { received: shownAsked }),
        },
      ];
    },
    invalid_request: {
      cause: 'The access token was sent in an unexpected place, or twice.',
      why: 'It belongs in the Authorization header and nowhere else.',
      try: 'Send "Authorization: Bearer …" and no access_token in URL or body.',
    },
  },
  ...dpopErrors('RFC 9449 §7.1', 'RFC 9449 §9'),
  'RFC 9470 §3': {
    insufficient_user_authentication: {
      cause: 'The resource wants a stronger or fresher login.',
      why: 'Its challenge says which acr_values or max_age.',
      try: 'Send the person through a login with the acr_values or max_age of the challenge.',
    },
  },
};
