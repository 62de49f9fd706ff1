import { shownValue } from '../checks/shown-value.ts';
import { own, say } from '../say.ts';
import { type Candidate, type Cause, contradiction, ruledOut } from './diagnosis.ts';
import {
  askedScope,
  dpopErrors,
  type ErrorTable,
  refusedScope,
  spentRequestUri,
  unknownClientId,
  unregisteredRedirectUri,
} from './error-table.ts';
import { metadataFor, type Situation, sentValue } from './situation.ts';

const serverFailed: Cause = {
  cause: 'The server failed.',
  why: 'It says so itself; the request may be in order.',
  try: 'Try again, then look into the log of the server at this time.',
};

/** The server would have to show a page and was told not to. */
const needsPerson =
  (what: string) =>
  (situation: Situation): readonly Candidate[] => {
    const prompt = sentValue(situation, 'prompt');
    const isPromptNone = prompt === 'none';
    return [
      ruledOut(
        'The request forbids pages by prompt=none.',
        prompt !== undefined && !isPromptNone && say`prompt is ${shownValue(prompt)}.`,
      ),
      {
        cause: say`${what}, and no page may be shown.`,
        why: isPromptNone
          ? 'prompt=none was sent, so the server answers with an error instead of a page.'
          : 'The server answers so when it may not or cannot show a page.',
        try: {
          login: isPromptNone
            ? 'Leave out --prompt none.'
            : 'Run the login again with --prompt login, or sign in at the server in the same browser first.',
          debug:
            'Send the person through the same request without prompt=none. In a hidden frame also look at third-party cookies: browsers block them.',
        },
        ...(isPromptNone
          ? contradiction(own('an answer that needs no person, by prompt=none'), situation.error ?? undefined)
          : {}),
      },
    ];
  };

/** Errors of the authorization response and what they come from (RFC 6749 §4.1.2.1; OIDC Core §3.1.2.6 and others). */
export const authorizationErrors: ErrorTable = {
  'RFC 6749 §4.1.2.1': {
    invalid_request: (situation) => [
      ruledOut(
        'The request is without PKCE.',
        sentValue(situation, 'code_challenge') !== undefined &&
          say`code_challenge_method is ${shownValue(sentValue(situation, 'code_challenge_method'))}, and there is a code_challenge.`,
      ),
      situation.authorization !== null &&
        sentValue(situation, 'code_challenge') === undefined &&
        sentValue(situation, 'request_uri') === undefined && {
          cause: 'The server may demand PKCE.',
          why: 'No code_challenge was sent, and many servers refuse that with invalid_request.',
          try: {
            login: 'Leave out --pkce off.',
            debug: 'Send code_challenge and code_challenge_method=S256.',
          },
          source: 'RFC 7636 §4.4.1',
        },
      {
        cause: 'A parameter is missing, unknown, malformed or given twice.',
        why: 'That is what invalid_request means; the description may name it.',
        try: {
          login: 'Take it out or change it with --param NAME or --param NAME=VALUE.',
          debug:
            'Compare the parameters with what the server documents, and leave out what it does not need.',
        },
      },
      { ...unregisteredRedirectUri(situation, 'low'), source: 'RFC 6749 §3.1.2.3' },
    ],
    invalid_client: (situation) => unknownClientId(situation, 'medium'),
    unauthorized_client: (situation) => [
      {
        cause: 'The client may not use this flow.',
        why: say`The server does not allow it the response type ${sentValue(situation, 'response_type') ?? own('that was asked for')}.`,
        try: 'Allow this response type, and the grant that belongs to it, for this client at the server.',
      },
      unknownClientId(situation, 'low'),
    ],
    access_denied: ({ endpoint }) => [
      // A pushed request is answered before a user is asked.
      endpoint !== 'par' && {
        cause: 'The person declined, or a rule of the server did.',
        why: 'access_denied means that the access was not granted.',
        try: 'Try another account, or give this one access to the client.',
      },
      {
        cause: 'A policy blocks the client, the person or the scope.',
        why: 'Likely when no question was shown.',
        try: 'Look for assignments, conditional access and consent settings at the server.',
        confidence: 'low',
        source: undefined,
      },
    ],
    unsupported_response_type: (situation) => ({
      cause: 'The response type is not enabled.',
      why: say`The server does not give out what was asked for (${sentValue(situation, 'response_type') ?? own('no response_type is known')}).`,
      try: 'Allow this response type for this client at the server, or ask for one of response_types_supported.',
    }),
    invalid_scope: (situation) =>
      refusedScope(situation, {
        cause: 'A scope is unknown, malformed, or not allowed for this client.',
        why: say`The server refuses the scope${askedScope(situation)}.`,
        try: {
          login: 'Ask for less with --scope, and compare with scopes_supported in "oauth-code discover".',
          debug:
            'Ask for one scope after the other, separated by spaces, and compare with scopes_supported of the metadata.',
        },
      }),
    server_error: serverFailed,
    temporarily_unavailable: serverFailed,
  },
  'OAuth Multiple Response Types §2.1; OIDC Discovery §3': {
    unsupported_response_mode: (situation) => {
      const asked = sentValue(situation, 'response_mode');
      const listed = metadataFor(situation)?.response_modes_supported;
      const modes = Array.isArray(listed) ? listed.map(String) : undefined;
      const isListed = asked !== undefined && modes?.includes(asked) === true;
      const advice: Pick<Cause, 'why' | 'try'> = {
        why: say`The server does not answer in the way that was asked for (${asked ?? own('no response_mode is known')}).`,
        try: {
          login: 'Leave out --response-mode, or compare it with the response modes in "oauth-code discover".',
          debug: 'Leave out response_mode, or ask for one of response_modes_supported of the metadata.',
        },
      };
      return [
        ruledOut(
          'The server does not have this response mode.',
          isListed && say`Its metadata lists ${asked}.`,
        ),
        isListed
          ? { cause: 'The response mode is not allowed for this client or response type.', ...advice }
          : {
              cause: 'The server does not have this response mode.',
              ...advice,
              ...contradiction(modes && say`one of ${modes.join(', ')}`, asked),
            },
      ];
    },
  },
  'RFC 6749 §3.1.2.3': {
    redirect_uri_mismatch: (situation) => unregisteredRedirectUri(situation, 'medium'),
  },
  'RFC 6749 §3.1.2.3; RFC 7591 §3.2.2': {
    invalid_redirect_uri: (situation) => unregisteredRedirectUri(situation, 'medium'),
  },
  'OIDC Core §3.1.2.6': {
    login_required: needsPerson('The person is not signed in'),
    interaction_required: needsPerson('The person has to do something'),
    consent_required: needsPerson('The person has not consented yet'),
    account_selection_required: needsPerson('The person has to choose an account'),
    request_not_supported: {
      cause: 'The server takes no request objects.',
      why: 'It says that it does not support the parameter "request".',
      try: { login: 'Leave out --request-object.', debug: 'Send the parameters themselves.' },
    },
    request_uri_not_supported: {
      cause: 'The server takes no request URIs.',
      why: 'It says that it does not support the parameter "request_uri".',
      try: { login: 'Leave out --par.', debug: 'Send the parameters themselves.' },
    },
    registration_not_supported: {
      cause: 'The server does not take the parameter "registration".',
      why: 'It says so.',
      try: { login: 'Leave it out with --param registration.', debug: 'Leave it out.' },
    },
  },
  'RFC 8707 §2': {
    invalid_target: {
      cause: 'The resource is unknown or not allowed for this client.',
      why: 'The server refuses the parameter "resource".',
      try: {
        login: 'Check --resource.',
        debug: 'Compare it with the resources (APIs) registered at the server.',
      },
    },
  },
  'RFC 9126 §2.2, §4': {
    invalid_request_uri: { ...spentRequestUri, why: 'A pushed request works once and for a short time.' },
  },
  'RFC 9101 §6': {
    invalid_request_object: {
      cause: 'The server cannot verify or read the request object.',
      why: 'Its signature, its algorithm, its aud or its times are refused.',
      try: {
        login: 'Check --signing-key: the server has to know its public half.',
        debug: 'Register the public key, sign with a registered algorithm, and set aud to the issuer.',
      },
    },
  },
  // At the endpoint for pushed requests.
  ...dpopErrors('RFC 9449 §5, §10.1', 'RFC 9449 §8, §10.1'),
  'OIDC Unmet Authentication Requirements 1.0 §2': {
    unmet_authentication_requirements: {
      cause: 'The server cannot reach the level of authentication that is asked for.',
      why: 'acr_values or claims asks for more than this person or server has.',
      try: { login: 'Leave out --acr-values or ask for a lower level.', debug: 'Ask for a lower level.' },
    },
  },
};
