import { cibaType, exchangeType, jwtBearerType, samlBearerType } from '../protocol/grant-types.ts';
import { own, say } from '../say.ts';
import { refusedCode } from './code-evidence.ts';
import { type Candidate, type Cause, ruledOut } from './diagnosis.ts';
import {
  askedScope,
  deviceCodeExpired,
  dpopErrors,
  type ErrorTable,
  refusedScope,
  unregisteredRedirectUri,
} from './error-table.ts';
import { fittingVerifier, pkceComparison } from './pkce-evidence.ts';
import { type Situation, showsCredentials } from './situation.ts';

const mayNotUseGrant = ({ grant }: Situation): Cause => ({
  cause: 'The client may not use this grant.',
  why: say`The server does not allow ${grant ?? own('this grant')} for it.`,
  try: say`Allow ${grant ?? own('the grant')} for this client at the server.`,
});

/** Servers say so by invalid_request or invalid_grant. */
const refusedSubject: Cause = {
  cause: 'The subject or actor token is refused: its issuer, audience, type or times.',
  why: 'The server does not accept it as it is, or it has expired or was revoked.',
  try: {
    login: 'Look into it with oauth-code decode, and name its type with --subject-token-type.',
    debug: 'Compare iss, aud and exp with what the server wants, and subject_token_type with what it is.',
  },
  source: 'RFC 8693 §2.2.2',
};

const refusedTarget: Cause = {
  cause: 'The resource or audience is unknown or not allowed for this client.',
  why: 'The server refuses "resource" or "audience".',
  try: {
    login: 'Check --resource and --audience.',
    debug:
      'Compare it with the APIs registered at the server, and with what the authorization request asked for.',
  },
};

/** Servers refuse what a token is exchanged for by the same errors; their words tell it from the token itself. */
function refusedExchange({ description }: Situation): Cause {
  const words = description ?? '';
  if (/requested.?token.?type/i.test(words)) {
    const isMissing = /\b(?:missing|required|must|needs?)\b/i.test(words);
    return {
      cause: isMissing
        ? 'The server wants to know the type of token that is asked for.'
        : 'The server does not issue the type of token that is asked for.',
      why: say`The server says: "${words}".`,
      try: isMissing ? 'Send requested_token_type.' : 'Change or leave out requested_token_type.',
      source: 'RFC 8693 §2.1',
    };
  }
  const isTarget =
    /(?:requested|target|unknown) (?:audience|resource)|(?:audience|resource|target)\b.*\b(?:not (?:available|allowed|found|registered)|unknown)/i;
  return isTarget.test(words) && !/token audience|subject/i.test(words)
    ? { ...refusedTarget, source: 'RFC 8693 §2.1' }
    : refusedSubject;
}

/** What invalid_grant means for each grant, where no request proves more. */
function invalidGrant(situation: Situation): Cause | readonly Candidate[] {
  switch (situation.grant) {
    case 'refresh_token':
      return [
        {
          cause: 'The refresh token has expired, was revoked, or was replaced by a newer one.',
          why: 'Servers replace it with each use, end it when it is not used for long, and revoke it when the person signs out, changes a password, or when an old one is used again.',
          try: {
            login: 'Log in again.',
            debug: 'Log in again, and store the newest refresh token each time.',
          },
          source: 'RFC 6749 §5.2, §6',
        },
        {
          cause: 'The refresh token belongs to another client.',
          why: 'It can only be used by the client it was issued to.',
          try: 'Check the client_id.',
          confidence: 'low',
        },
      ];
    case 'password':
      return {
        cause: 'User name or password is wrong, or the account may not sign in this way.',
        why: 'That is what invalid_grant means here; accounts with a second factor are refused too.',
        try: 'Use a flow with a browser instead.',
        source: 'RFC 6749 §4.3.2; RFC 9700 §2.4',
      };
    case jwtBearerType:
    case samlBearerType:
      return {
        cause: 'The assertion is refused: its signature, issuer, audience, subject or times.',
        why: 'The server does not trust it as it is.',
        try: 'Compare iss and aud with what the server wants, register the key, and check the clock (exp, iat).',
        source: 'RFC 7523 §3',
      };
    case exchangeType:
      return refusedExchange(situation);
    default:
      return refusedCode(situation);
  }
}

/** With the request beside it, the evidence about the client says more. */
const refusedClient = (situation: Situation): readonly Candidate[] => [
  !showsCredentials(situation) && {
    cause: 'The client secret is wrong, or sent in a way that is not registered.',
    why: 'The server could not authenticate the client: unknown client, wrong or expired secret, or Basic where the body is expected, or the other way round.',
    try: {
      login: 'Compare client_id, secret and token_endpoint_auth_method with the registration.',
      debug:
        'Compare client_id, secret and token_endpoint_auth_method with the registration. Give the request as well, and the cause is narrowed down.',
    },
  },
];

/** What an error means at the endpoint for pushed requests alone; all others are those of both requests (RFC 9126 §2.3). */
export const parErrors: ErrorTable = { 'RFC 9126 §2.3; RFC 6749 §5.2': { invalid_client: refusedClient } };

/** Errors of the token endpoint and what they come from (RFC 6749 §5.2; RFC 8628 §3.5; RFC 8707 §2; RFC 9449 §5, §8). */
export const tokenErrors: ErrorTable = {
  'RFC 6749 §5.2': {
    invalid_request: (situation) => [
      situation.grant === exchangeType && refusedExchange(situation),
      {
        cause: 'A parameter of the token request is missing, malformed, refused or given twice.',
        why: 'That is what invalid_request means; the description may name it.',
        try: {
          login: 'Add, change or take it out with --token-param.',
          debug: 'Compare the parameters with what the server documents for this grant.',
        },
      },
      ruledOut('The request is without PKCE.', fittingVerifier(situation)),
      situation.grant === 'authorization_code' &&
        pkceComparison(situation) !== 'same' && {
          cause: 'The server may demand PKCE.',
          why: 'Many servers refuse a missing or unexpected code_verifier with invalid_request.',
          try: { login: 'Leave out --pkce off.', debug: 'Use PKCE with S256 in both requests.' },
          confidence: 'low',
          source: 'RFC 7636 §4.6',
        },
    ],
    invalid_client: refusedClient,
    invalid_grant: invalidGrant,
    unauthorized_client: mayNotUseGrant,
    unsupported_grant_type: (situation) => [
      mayNotUseGrant(situation),
      {
        cause: 'The server did not find or does not know grant_type.',
        why: 'This happens when the body is not form data, or goes to another endpoint.',
        try: {
          login: 'Check that --token-endpoint names the token endpoint.',
          debug: 'Send form data to the token endpoint, and check the spelling of grant_type.',
        },
        confidence: 'low',
      },
    ],
    invalid_scope: (situation) =>
      refusedScope(situation, {
        cause: 'A scope is unknown, malformed, not allowed for this client, or more than was granted.',
        why: say`The server refuses the scope${askedScope(situation)}.`,
        try: {
          login:
            situation.grant === null && situation.scope?.includes('openid')
              ? 'Ask for less with --scope. Some servers have no openid in the device flow, such as Spring.'
              : 'Ask for less with --scope.',
          debug:
            'Ask for less. A refresh can only ask for what was granted; client credentials often want one scope such as ".default" of an API.',
        },
      }),
  },
  'RFC 6749 §4.1.3': {
    redirect_uri_mismatch: (situation) => unregisteredRedirectUri(situation, 'medium'),
  },
  'RFC 8628 §3.5': {
    authorization_pending: {
      cause: 'The person has not finished yet.',
      why: 'This answer is part of the device flow and no failure.',
      try: 'Keep asking, no faster than the interval allows.',
    },
    slow_down: {
      cause: 'The client asks too often.',
      why: 'The interval grows by 5 seconds with each of these answers.',
      try: 'Wait 5 seconds longer between requests from now on.',
    },
    access_denied: {
      cause: 'The person declined, or a rule of the server did.',
      why: 'access_denied means that the access was not granted.',
      try: 'Start again with another account, or change the rule at the server.',
    },
    expired_token: ({ grant }) =>
      grant === cibaType
        ? {
            cause: 'The authentication request has expired before the person decided.',
            why: 'expires_in of the answer to it says how long it lives.',
            try: 'Start again, and have the person answer in time.',
            source: 'OIDC CIBA Core §11',
          }
        : {
            ...deviceCodeExpired,
            why: 'expires_in of the device authorization response says how long it lives.',
          },
  },
  'RFC 8707 §2': {
    invalid_target: refusedTarget,
  },
  ...dpopErrors('RFC 9449 §5, §4.3', 'RFC 9449 §8'),
};

/** What errors mean at endpoints where a client authenticates and which take other parameters, such as introspection. */
export const otherErrors: ErrorTable = {
  'RFC 6749 §5.2; RFC 7009 §2.2.1; RFC 7662 §2.3': {
    invalid_request: {
      cause: 'A parameter of the request is missing, malformed or given twice.',
      why: 'That is what invalid_request means; the description may name it.',
      try: 'Compare the parameters with what the server documents for this endpoint.',
    },
    unauthorized_client: {
      cause: 'The client may not use this endpoint.',
      why: 'The server knows the client and does not allow it the request.',
      try: 'Allow it for this client at the server, or ask with a client that may.',
    },
    access_denied: {
      cause: 'The client may not use this endpoint.',
      why: 'access_denied says that the server does not allow the request.',
      try: 'Allow it for this client at the server, or ask with a client that may.',
    },
  },
};
