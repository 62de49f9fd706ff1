/** What is known about the request that was answered with an error. */
export interface OAuthErrorContext {
  readonly endpoint: 'authorization' | 'token' | 'userinfo';
  readonly redirectUri?: string | undefined;
  readonly scope?: string | undefined;
  /** The `prompt` of the authorization request. */
  readonly prompt?: string | undefined;
  /** Client authentication that was used, such as `client_secret_basic`. */
  readonly authMethod?: string | undefined;
  /** `token_endpoint_auth_methods_supported`, when the server says it. */
  readonly advertisedAuthMethods?: readonly string[] | undefined;
  readonly pkce?: 'S256' | 'plain' | 'off' | undefined;
}

type Explanation = (context: OAuthErrorContext) => readonly string[];

/** Errors of the authorization response (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6, RFC 8707 §2, RFC 9101 §7). */
const authorizationErrors: Readonly<Record<string, Explanation>> = {
  invalid_request: (context) => [
    ...(context.pkce === 'off'
      ? ['The server may demand PKCE: leave out --pkce off.']
      : ['A parameter may be refused: take it out or change it with --param NAME or --param NAME=VALUE.']),
    ...redirectCauses(context),
  ],
  invalid_client: () => ['Check that --client-id names a client of this server.'],
  redirect_uri_mismatch: redirectCauses,
  unauthorized_client: () => [
    'Allow the authorization code grant (response type "code") for this client at the server.',
    'Check that --client-id names the client you mean.',
  ],
  access_denied: () => [
    'The person declined, or a rule of the server did: try another account or give it access to this client.',
    'If no question was shown, look for a policy at the server that blocks the client or the scope.',
  ],
  unsupported_response_type: () => ['Allow the response type "code" for this client at the server.'],
  invalid_scope: scopeCauses,
  server_error: serverCauses,
  temporarily_unavailable: serverCauses,
  login_required: silentCauses,
  interaction_required: silentCauses,
  consent_required: silentCauses,
  account_selection_required: silentCauses,
  invalid_target: () => [
    'Check --resource: the server does not know it or does not allow it for this client.',
  ],
  invalid_request_uri: () => ['Run the login again: the request URI was used before or has expired.'],
  invalid_request_object: () => ['Check --signing-key: the server has to know its public half.'],
  request_not_supported: () => ['Leave out --request-object: the server does not take request objects.'],
  request_uri_not_supported: () => ['Leave out --par: the server does not take request URIs.'],
  registration_not_supported: () => ['Leave out the parameter "registration" with --param registration.'],
  unmet_authentication_requirements: () => [
    'Leave out --acr-values or ask for a level the server can reach.',
  ],
};

/** Errors of the token endpoint (RFC 6749 §5.2, RFC 8707 §2, RFC 9449 §5 and §8). */
const tokenErrors: Readonly<Record<string, Explanation>> = {
  invalid_request: (context) => [
    ...(context.pkce === 'off' ? ['The server may demand PKCE: leave out --pkce off.'] : []),
    'A parameter may be missing or refused: add, change or take it out with --token-param.',
    ...methodCauses(context),
  ],
  invalid_client: (context) => [
    ...methodCauses(context),
    ...(context.authMethod === 'none'
      ? ['If the client has a secret, give it with --client-secret-file or --client-secret-env.']
      : [
          'Check the secret: it may be that of another client, be expired, or have a line feed or space at its end.',
        ]),
    'Check that --client-id names a client of this server.',
  ],
  invalid_grant: (context) => [
    'The code may have expired or been used before: run the login again, and nothing else with the same code.',
    `The redirect URI has to be the same in both requests${context.redirectUri === undefined ? '' : ` (${context.redirectUri} was sent in both)`}: look for a proxy or --param that changes it.`,
    ...(context.pkce === 'off'
      ? ['The server may demand PKCE: leave out --pkce off.']
      : [
          'The code_verifier has to fit the code_challenge: do not set either with --param or --token-param.',
        ]),
    'The code belongs to the client that asked for it: check that both requests carry the same client_id.',
  ],
  redirect_uri_mismatch: redirectCauses,
  unauthorized_client: (context) => [
    'Allow the authorization code grant for this client at the server.',
    ...methodCauses(context),
  ],
  unsupported_grant_type: () => [
    'Allow the authorization code grant for this client at the server.',
    'Check that --token-endpoint names the token endpoint and no other.',
  ],
  invalid_scope: scopeCauses,
  invalid_target: () => ['Check --resource and --audience: the server refuses them for this client.'],
  invalid_dpop_proof: () => ['Check the clock of this machine: a DPoP proof holds for a short time only.'],
  use_dpop_nonce: () => ['The server asks for a DPoP nonce: run the login again with --dpop.'],
  server_error: serverCauses,
  temporarily_unavailable: serverCauses,
  slow_down: () => ['Wait a little and run the login again: the server limits how often it is asked.'],
};

/** Errors of a protected resource (RFC 6750 §3.1, RFC 9449 §7.1). */
const userinfoErrors: Readonly<Record<string, Explanation>> = {
  invalid_token: () => [
    'The access token may be meant for another API: leave out --audience and --resource, or use --no-userinfo.',
    'The token may have expired already: compare the clocks of this machine and of the server.',
  ],
  insufficient_scope: () => ['Ask for the scope "openid": --scope "openid profile email".'],
  invalid_request: () => [
    'The server may not take the token in the Authorization header: look at the raw answer with -v.',
  ],
  invalid_dpop_proof: () => ['Check the clock of this machine: a DPoP proof holds for a short time only.'],
};

const explanations = { authorization: authorizationErrors, token: tokenErrors, userinfo: userinfoErrors };

/**
 * Likely causes of a registered OAuth error, each one a short sentence with what to try, the likeliest first; empty
 * for an error that no specification names.
 */
export function likelyCauses(error: string | null, context: OAuthErrorContext): string[] {
  const table = explanations[context.endpoint];
  if (error === null || !Object.hasOwn(table, error)) return [];
  return [...new Set(table[error]?.(context) ?? [])];
}

function redirectCauses({ redirectUri }: OAuthErrorContext): string[] {
  return redirectUri === undefined
    ? []
    : [`Register ${redirectUri} for this client, or give the registered one with --redirect-uri.`];
}

function scopeCauses({ scope }: OAuthErrorContext): string[] {
  const asked = scope === undefined || scope === '' ? '' : ` (asked for: ${scope})`;
  return [
    `Ask for less with --scope${asked}: one of them is unknown or not allowed for this client.`,
    'Compare with scopes_supported in "oauth-code discover".',
  ];
}

function serverCauses(): string[] {
  return ['The server failed: try again, then look into its log at this time.'];
}

function silentCauses({ prompt }: OAuthErrorContext): string[] {
  return prompt === 'none'
    ? ['Leave out --prompt none: the server has to show a page first, and was told not to.']
    : ['Run the login again with --prompt login, or sign in at the server in the same browser first.'];
}

function methodCauses({ authMethod, advertisedAuthMethods }: OAuthErrorContext): string[] {
  if (authMethod === undefined) return [];
  if (advertisedAuthMethods === undefined) {
    return [
      `The client authenticated with ${authMethod}: try another with --auth-method; the server does not say which it takes.`,
    ];
  }
  const advertised = advertisedAuthMethods.join(', ') || 'none at all';
  return advertisedAuthMethods.includes(authMethod)
    ? [
        `The client authenticated with ${authMethod}; the server takes ${advertised}, but this client may be set to another: try --auth-method.`,
      ]
    : [
        `The client authenticated with ${authMethod}, the server takes ${advertised}: choose one with --auth-method.`,
      ];
}
