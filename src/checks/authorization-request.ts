import { isUrl, parseUrl, withoutQuery } from '../http-message.ts';
import { parsePlainJson } from '../json/json.ts';
import { type Parameters, parameterValue } from '../protocol/parameters.ts';
import { isLoopbackHost } from '../protocol/redirect-uri.ts';
import type { SentAuthorizationRequest } from '../recording/sent-request.ts';
import { own, say } from '../say.ts';
import { type Finding, type FoundRemark, finding, findingsOf } from './check-result.ts';
import { isReadableOnTheWay } from './encryption.ts';
import { namesText, quoted, shownValue } from './shown-value.ts';

/** Finds what is wrong or unwise in an authorization request (RFC 6749 §4.1.1; RFC 7636; RFC 9700; OIDC Core §3.1.2.1). */
export function findAuthorizationRequestProblems(sent: SentAuthorizationRequest): Finding[] {
  const value = (name: string) => parameterValue(sent.parameters, name) || undefined;
  // By reference, or signed: the parameters that count are somewhere else (RFC 9101 §5, RFC 9126 §4).
  const isElsewhere = value('request_uri') !== undefined || value('request') !== undefined;
  const types = (value('response_type') ?? '').split(/\s+/).filter((type) => type !== '');
  return [
    ...findUrlProblems(sent),
    ...findingsOf({
      'client-id-missing':
        value('client_id') === undefined && 'client_id is missing: the server cannot tell which client asks.',
    }),
    ...(isElsewhere ? [] : findResponseTypeProblems(types, value('response_mode'))),
    ...(isElsewhere ? [] : findRedirectUriProblems(value('redirect_uri'))),
    ...(isElsewhere ? [] : findProtectionProblems(types, value)),
    ...(isElsewhere && value('scope') === undefined ? [] : findOpenidProblems(types, value)),
    ...findParameterProblems(sent),
    ...findUnregisteredValues(sent.parameters),
  ];
}

function findUrlProblems({ endpoint, hasFragment, parameters, pushed }: SentAuthorizationRequest): Finding[] {
  return findingsOf({
    'request-url-insecure': isReadableOnTheWay(endpoint) && ['The request goes out without TLS.', 'http:'],
    'request-url-fragment': hasFragment && 'The part after # never reaches the server.',
    'client-secret-in-url':
      !pushed &&
      parameterValue(parameters, 'client_secret') !== undefined &&
      'The URL carries client_secret through the browser; a secret belongs in no URL.',
  });
}

const responseTypes = new Set(['code', 'token', 'id_token', 'none']);

/** Finds what is wrong or unwise in the words of a response type (RFC 6749 §3.1.1; RFC 9700 §2.1.2). */
export function findResponseTypeProblems(types: readonly string[], mode: string | undefined): Finding[] {
  const unknown = types.filter((type) => !responseTypes.has(type));
  const bringsTokens = types.includes('token') || types.includes('id_token');
  return findingsOf({
    'response-type-missing':
      types.length === 0 && 'response_type is missing: it says what kind of answer is wanted, such as code.',
    'response-type-unknown': unknown.length > 0 && [
      say`Not registered: ${namesText(unknown)}.`,
      namesText(unknown),
    ],
    'response-type-token': types.includes('token') && [
      'The access token comes through the browser, where it leaks: use response_type=code with PKCE.',
      `response_type=${types.join(' ')}`,
    ],
    'response-mode-unsafe': bringsTokens &&
      mode === 'query' && ['With response_mode=query tokens would stand in the URL.', 'response_mode=query'],
  });
}

type Value = (name: string) => string | undefined;

function findProtectionProblems(types: readonly string[], value: Value): Finding[] {
  const challenge = value('code_challenge');
  const method = value('code_challenge_method');
  const isPlain = challenge !== undefined && (method === undefined || method === 'plain');
  return findingsOf({
    'state-not-sent':
      value('state') === undefined &&
      (challenge === undefined
        ? 'There is no state and no PKCE: nothing binds the answer to this browser.'
        : 'There is no state; only PKCE binds the answer to this client.'),
    'pkce-not-sent':
      types.includes('code') &&
      challenge === undefined &&
      'There is no code_challenge: a stolen code can be redeemed.',
    'pkce-plain': isPlain && [
      method === undefined
        ? 'code_challenge_method is missing, which means plain: send S256.'
        : 'With plain the verifier itself stands in the URL: send S256.',
      method ?? '',
    ],
    'code-challenge-invalid': challengeProblem(challenge, method),
  });
}

function challengeProblem(challenge: string | undefined, method: string | undefined): FoundRemark {
  if (method !== undefined && method !== 'S256' && method !== 'plain') {
    return [say`code_challenge_method ${quoted(method)} is not registered.`, quoted(method)];
  }
  if (challenge === undefined) return undefined;
  if (/[+/=]/.test(challenge)) {
    return say`code_challenge is base64 with "+", "/" or "=", not base64url without padding.`;
  }
  const size = `${challenge.length} characters`;
  if (!/^[\w.~-]{43,128}$/.test(challenge)) {
    return [say`code_challenge is not 43 to 128 characters of base64url.`, size];
  }
  return (
    method === 'S256' &&
    challenge.length !== 43 && [
      say`An S256 code_challenge always has 43 characters; this one has ${challenge.length}.`,
      size,
    ]
  );
}

function findOpenidProblems(types: readonly string[], value: Value): Finding[] {
  const scope = value('scope') ?? '';
  const asksOpenid = scope.split(/[\s,]+/).includes('openid');
  const hints = ['nonce', 'max_age', 'claims', 'id_token_hint', 'acr_values'].filter(
    (name) => value(name) !== undefined,
  );
  const wantsIdToken = types.includes('id_token');
  return findingsOf({
    'openid-not-requested': !asksOpenid &&
      (hints.length > 0 || wantsIdToken || /(?:^|\s)(?:profile|email)(?:\s|$)/.test(scope)) && [
        hints.length > 0
          ? say`${hints.join(', ')} ${own(hints.length === 1 ? 'is' : 'are')} there, but without the scope openid no ID token comes.`
          : 'Without the scope openid no ID token comes.',
        scope === '' ? '' : `scope=${scope.slice(0, 100)}`,
      ],
    'nonce-not-sent':
      wantsIdToken &&
      value('nonce') === undefined &&
      'An ID token that comes through the browser needs a nonce.',
    'scope-separator': scope.includes(',') &&
      !/\s/.test(scope) && ['scope has commas; spaces separate its values.', `scope=${scope.slice(0, 100)}`],
  });
}

const repeatable = new Set(['resource', 'audience']);

function findParameterProblems({ parameters }: SentAuthorizationRequest): Finding[] {
  const names = parameters.map(([name]) => name);
  const repeated = [
    ...new Set(names.filter((name, index) => names.indexOf(name) !== index && !repeatable.has(name))),
  ];
  const empty = parameters.filter(([, value]) => value === '').map(([name]) => name);
  const invalid = parameters.flatMap(([name, value]) => invalidParameter(name, value));
  return findingsOf({
    'request-parameter-repeated': repeated.length > 0 && [
      say`Given more than once: ${namesText(repeated)}.`,
      namesText(repeated),
    ],
    'request-parameter-empty': empty.length > 0 && [
      say`Sent without a value, which counts as left out: ${namesText(empty)}.`,
      namesText(empty),
    ],
    'request-parameter-invalid': invalid.length > 0 && say`${invalid.join(' ')}`,
  });
}

function invalidParameter(name: string, value: string): string[] {
  if (value === '') return [];
  const prompts = value.split(/\s+/);
  if (name === 'prompt' && prompts.includes('none') && prompts.length > 1)
    return ['prompt joins none with others.'];
  if (name === 'max_age' && !/^\d+$/.test(value)) return ['max_age is not a number of seconds.'];
  if (name === 'claims' || name === 'authorization_details')
    return parsePlainJson(value) !== undefined ? [] : [`${name} is not JSON.`];
  if (name === 'resource' && (!isUrl(value) || value.includes('#'))) {
    return ['resource is not an absolute URI without a fragment (RFC 8707 §2).'];
  }
  return [];
}

/** Values by parameter, of the specifications that define it and of those that add to it. */
const registered: Readonly<Record<string, readonly string[]>> = {
  // OIDC Core §3.1.2.1; Initiating User Registration 1.0 §4
  prompt: ['none', 'login', 'consent', 'select_account', 'create'],
  // OIDC Core §3.1.2.1
  display: ['page', 'popup', 'touch', 'wap'],
  // OAuth Multiple Response Types §2.1; Form Post Response Mode §2; JARM §2.3; OpenID4VP 1.0 §8.2, §8.3.1, App. A
  response_mode: (
    'query fragment form_post jwt query.jwt fragment.jwt form_post.jwt direct_post direct_post.jwt ' +
    'dc_api dc_api.jwt'
  ).split(' '),
};

/**
 * Notes values of an authorization request that no specification defines; a server may know them all the same
 * (OIDC Core §3.1.2.1; OAuth Multiple Response Types §2.1).
 */
function findUnregisteredValues(parameters: Parameters): Finding[] {
  return parameters.flatMap(([name, value]) => {
    const known = Object.hasOwn(registered, name) ? registered[name] : undefined;
    if (known === undefined) return [];
    const values = name === 'prompt' ? value.split(/\s+/) : [value];
    const unknown = values.filter((one) => one !== '' && !known.includes(one));
    if (unknown.length === 0) return [];
    const listed = unknown.slice(0, 4).map(quoted).join(', ');
    return finding(
      'request-value-unregistered',
      say`${name} is ${listed}, which no specification defines; a server that does not know it refuses or ignores it. Defined are ${known.join(', ')}.`,
      `${name}=${listed}`,
    );
  });
}

/** Finds what is wrong with the redirect URI of an authorization request (RFC 6749 §3.1.2; RFC 8252 §7, §8.3). */
function findRedirectUriProblems(redirectUri: string | undefined): Finding[] {
  if (redirectUri === undefined) {
    return findingsOf({
      'redirect-uri-missing': 'Without redirect_uri the server needs exactly one that is registered.',
    });
  }
  const shown = shownValue(withoutQuery(redirectUri));
  if (/^https?%3a/i.test(redirectUri)) {
    return [
      finding(
        'redirect-uri-encoded-twice',
        'redirect_uri was percent-encoded twice: after decoding it is still encoded.',
        shown,
      ),
    ];
  }
  if (!/^[a-z][a-z\d+.-]*:./i.test(redirectUri)) {
    return [
      finding('redirect-uri-relative', 'redirect_uri has no scheme: an absolute URI is required.', shown),
    ];
  }
  const host = parseUrl(redirectUri)?.hostname ?? '';
  const isPlainHttp = /^http:/i.test(redirectUri);
  return findingsOf({
    'redirect-uri-fragment': redirectUri.includes('#') && [
      'redirect_uri has a fragment, which no redirect URI may have.',
      shown,
    ],
    'redirect-uri-insecure': isPlainHttp &&
      !isLoopbackHost(host) && [
        'redirect_uri is plain http to another machine: the code crosses the network unprotected.',
        shown,
      ],
    'redirect-uri-localhost': isPlainHttp &&
      host === 'localhost' && [
        'localhost may resolve to something else: 127.0.0.1 or [::1] is safer, and another redirect URI.',
        shown,
      ],
  });
}
