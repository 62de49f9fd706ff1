import { shortDurationText } from '../checks/shown-value.ts';
import { codeHadExpired, isBareCode, ruledOut } from './code-evidence.ts';
import type { Diagnosis } from './diagnosis.ts';
import {
  askedScope,
  type ErrorRow,
  type ErrorTable,
  inTermsOf,
  sentValue,
  serverFailed,
  unregisteredRedirectUri,
} from './error-row.ts';
import type { Situation } from './situation.ts';

const grantErrors = 'RFC 6749 §5.2';

const notAllowedGrant: ErrorRow = (situation) => [
  {
    cause: 'The client may not use this grant.',
    why: `The server does not allow ${situation.grant ?? 'this grant'} for it.`,
    try: `Allow ${situation.grant ?? 'the grant'} for this client at the server.`,
    confidence: 'medium',
    source: grantErrors,
  },
];

/** A code that is refused although everything that can be compared is in order was too old, or was used elsewhere. */
function spentCode(situation: Situation, excluded: readonly string[]): readonly Diagnosis[] {
  const { delaySeconds: delay, token, voice } = situation;
  const inOrder = excluded.length === 0 ? '' : ` What could be compared is in order: ${excluded.join(', ')}.`;
  const source = 'RFC 6749 §4.1.2, §5.2';
  const elsewhere =
    'Look for what else redeems it: a retry, a second instance, a prefetching browser. Several nodes of one server must share their codes. The log of the server says which it was.';
  if (voice === 'login' || delay === null || token === null) {
    return [
      {
        cause: 'The code has expired or was used before.',
        why: `A code works once and often for no more than a minute.${inOrder}`,
        try: inTermsOf(
          situation,
          'Run the login again, and nothing else with the same code.',
          'Start a new login and redeem its code at once and once.',
        ),
        confidence: 'medium',
        source,
      },
    ];
  }
  // From there on it is told by its age alone.
  if (delay >= 30) return [];
  const usedElsewhere: Diagnosis = {
    cause: 'The code was redeemed elsewhere, or the server that was asked did not issue it.',
    why:
      delay < 1
        ? `It was redeemed ${shortDurationText(delay)} after it came, too soon to have expired, and only once in what was saved.${inOrder}`
        : 'What was saved shows no other use of it, but one outside would not show.',
    try: elsewhere,
    confidence: delay < 1 ? 'medium' : 'low',
    source,
  };
  if (delay < 1) return [usedElsewhere];
  return [
    {
      cause: codeHadExpired,
      why: `It was redeemed ${shortDurationText(delay)} after it came, and only once in what was saved.${inOrder} Some servers let a code live for seconds only.`,
      try: 'Redeem the code at once in the callback: look for what takes that long. Ask whoever runs the server how long a code lives, and whether its log says expired or used.',
      confidence: 'medium',
      source,
    },
    usedElsewhere,
  ];
}

function codeCauses(situation: Situation): readonly (Diagnosis | false)[] {
  const out = ruledOut(situation);
  const excluded = [
    ...(out.pkce ? ['the code_verifier fits the code_challenge'] : []),
    ...(out.redirectUri ? ['both redirect URIs are equal'] : []),
    ...(out.client ? ['both requests name the same client'] : []),
  ];
  const isBare = isBareCode(situation);
  return [
    isBare && {
      cause: 'What was pasted is not the code of this login, or not all of it.',
      why: 'A code was pasted by itself: nothing shows which login it belongs to, and the server does not take it.',
      try: 'Run the login again, and paste the whole address of the page where it ends: then its state is compared.',
      confidence: 'medium',
      source: grantErrors,
    },
    ...spentCode(situation, excluded).map((cause) =>
      isBare ? { ...cause, confidence: 'low' as const } : cause,
    ),
    !out.redirectUri && {
      cause: 'The redirect_uri differs from that of the authorization request.',
      why: 'Both have to be equal character by character; a slash at the end is enough.',
      try: inTermsOf(
        situation,
        'Look for a proxy or --param that changes it.',
        'Compare both; with the authorization URL beside this response they are compared here.',
      ),
      confidence: 'low',
      source: 'RFC 6749 §4.1.3',
    },
    !out.pkce && {
      cause: 'The code_verifier does not fit the code_challenge.',
      why: 'The server hashes the verifier and compares; without PKCE it may demand one.',
      try: inTermsOf(
        situation,
        sentValue(situation, 'code_challenge') === undefined
          ? 'The server may demand PKCE: leave out --pkce off.'
          : 'Do not set either with --param or --token-param.',
        situation.authorization !== null && situation.token !== null
          ? 'The verifier is hidden here: record with --show-secrets, and it is checked.'
          : 'Give both requests to this command, and the verifier is checked.',
      ),
      confidence: 'low',
      source: 'RFC 7636 §4.6',
    },
    !out.client && {
      cause: 'The code belongs to another client.',
      why: 'A code can only be redeemed by the client that asked for it.',
      try: 'Check that both requests carry the same client_id.',
      confidence: 'low',
      source: grantErrors,
    },
  ];
}

const invalidGrant: ErrorRow = (situation) => {
  switch (situation.grant) {
    case 'refresh_token':
      return [
        {
          cause: 'The refresh token has expired, was revoked, or was replaced by a newer one.',
          why: 'Servers replace it with each use, end it when it is not used for long, and revoke it when the person signs out, changes a password, or when an old one is used again.',
          try: inTermsOf(
            situation,
            'Log in again.',
            'Log in again, and store the newest refresh token each time.',
          ),
          confidence: 'medium',
          source: 'RFC 6749 §5.2, §6',
        },
        {
          cause: 'The refresh token belongs to another client.',
          why: 'It can only be used by the client it was issued to.',
          try: 'Check the client_id.',
          confidence: 'low',
          source: grantErrors,
        },
      ];
    case 'password':
      return [
        {
          cause: 'User name or password is wrong, or the account may not sign in this way.',
          why: 'That is what invalid_grant means here; accounts with a second factor are refused too.',
          try: 'Use a flow with a browser instead.',
          confidence: 'medium',
          source: 'RFC 6749 §4.3.2; RFC 9700 §2.4',
        },
      ];
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
    case 'urn:ietf:params:oauth:grant-type:saml2-bearer':
    case 'urn:ietf:params:oauth:grant-type:token-exchange':
      return [
        {
          cause: 'The assertion is refused: its signature, issuer, audience, subject or times.',
          why: 'The server does not trust it as it is.',
          try: 'Compare iss and aud with what the server wants, register the key, and check the clock (exp, iat).',
          confidence: 'medium',
          source: 'RFC 7523 §3',
        },
      ];
    default:
      return codeCauses(situation);
  }
};

/** Errors of the token endpoint and what they come from (RFC 6749 §5.2; RFC 8628 §3.5; RFC 8707 §2; RFC 9449 §5, §8). */
export const tokenErrors: ErrorTable = {
  invalid_request: (situation) => [
    {
      cause: 'A parameter of the token request is missing, malformed, refused or given twice.',
      why: 'That is what invalid_request means; the description may name it.',
      try: inTermsOf(
        situation,
        'Add, change or take it out with --token-param.',
        'Compare the parameters with what the server documents for this grant.',
      ),
      confidence: 'medium',
      source: grantErrors,
    },
    situation.grant === 'authorization_code' &&
      !ruledOut(situation).pkce && {
        cause: 'The server may demand PKCE.',
        why: 'Many servers refuse a missing or unexpected code_verifier with invalid_request.',
        try: inTermsOf(situation, 'Leave out --pkce off.', 'Use PKCE with S256 in both requests.'),
        confidence: 'low',
        source: 'RFC 7636 §4.6',
      },
  ],
  invalid_client: (situation) => [
    situation.token === null && {
      cause: 'The client secret is wrong, or sent in a way that is not registered.',
      why: 'The server could not authenticate the client: unknown client, wrong or expired secret, or Basic where the body is expected, or the other way round.',
      try: 'Compare client_id, secret and token_endpoint_auth_method with the registration. With the request beside it, more can be said.',
      confidence: 'medium',
      source: grantErrors,
    },
  ],
  invalid_grant: invalidGrant,
  unauthorized_client: notAllowedGrant,
  unsupported_grant_type: (situation) => [
    ...notAllowedGrant(situation),
    {
      cause: 'The server did not find or does not know grant_type.',
      why: 'It looks so when the body is not form data, or goes to another endpoint.',
      try: inTermsOf(
        situation,
        'Check that --token-endpoint names the token endpoint.',
        'Send form data to the token endpoint, and check the spelling of grant_type.',
      ),
      confidence: 'low',
      source: grantErrors,
    },
  ],
  invalid_scope: (situation) => [
    {
      cause: 'A scope is unknown, malformed, not allowed for this client, or more than was granted.',
      why: `The server refuses the scope${askedScope(situation)}.`,
      try: inTermsOf(
        situation,
        'Ask for less with --scope.',
        'Ask for less. A refresh can only ask for what was granted; client credentials often want one scope such as ".default" of an API.',
      ),
      confidence: 'medium',
      source: grantErrors,
    },
  ],
  redirect_uri_mismatch: (situation) => [unregisteredRedirectUri(situation, 'high', 'RFC 6749 §4.1.3')],
  authorization_pending: () => [
    {
      cause: 'The person has not finished yet.',
      why: 'This answer is part of the device flow and no failure.',
      try: 'Keep asking, no faster than the interval allows.',
      confidence: 'high',
      source: 'RFC 8628 §3.5',
    },
  ],
  slow_down: () => [
    {
      cause: 'The client asks too often.',
      why: 'The interval grows by 5 seconds with each of these answers.',
      try: 'Wait 5 seconds longer between requests from now on.',
      confidence: 'high',
      source: 'RFC 8628 §3.5',
    },
  ],
  access_denied: () => [
    {
      cause: 'The person declined, or a rule of the server did.',
      why: 'access_denied says that nobody granted the access.',
      try: 'Start again with another account, or change the rule at the server.',
      confidence: 'medium',
      source: 'RFC 8628 §3.5',
    },
  ],
  expired_token: () => [
    {
      cause: 'The device code has expired before the person finished.',
      why: 'expires_in of the device authorization response says how long it lives.',
      try: 'Start again and show the new user code.',
      confidence: 'high',
      source: 'RFC 8628 §3.5',
    },
  ],
  invalid_target: (situation) => [
    {
      cause: 'The resource or audience is unknown or not allowed for this client.',
      why: 'The server refuses "resource" or "audience".',
      try: inTermsOf(
        situation,
        'Check --resource and --audience.',
        'Compare it with the APIs registered at the server, and with what the authorization request asked for.',
      ),
      confidence: 'medium',
      source: 'RFC 8707 §2',
    },
  ],
  invalid_dpop_proof: () => [
    {
      cause: 'The DPoP proof is refused: most often a wrong clock, method or URL in it.',
      why: 'htm and htu have to be those of this very request, and iat only a short time ago.',
      try: 'Set the clock, and make a new proof for each request.',
      confidence: 'medium',
      source: 'RFC 9449 §5, §4.3',
    },
  ],
  use_dpop_nonce: () => [
    {
      cause: 'The server wants its nonce in the DPoP proof.',
      why: 'This answer is part of DPoP and no failure: the DPoP-Nonce header has the nonce.',
      try: 'Send the request again with a proof that has this nonce.',
      confidence: 'high',
      source: 'RFC 9449 §8',
    },
  ],
  server_error: serverFailed,
  temporarily_unavailable: serverFailed,
};
