import { listed, shownValue } from '../checks/shown-value.ts';
import { headerValue } from '../http-message.ts';
import { parameterValue } from '../protocol/parameters.ts';
import { type Diagnosis, proven } from './diagnosis.ts';
import { metadataFor, type Situation } from './situation.ts';

/** What is wrong with the form of a request, or with where it went (RFC 6749 §3.1, §3.2, §4.1.3). */
export function requestEvidence(situation: Situation): readonly (Diagnosis | false | undefined)[] {
  return [
    ...proven(formEvidence(situation)),
    ...placeEvidence(situation),
    unknownScope(situation),
    ...proven(repeatedGrant(situation)),
  ];
}

function formEvidence({ endpoint, token }: Situation): readonly (Diagnosis | false)[] {
  if (endpoint !== 'token' || token === null) return [];
  const source = 'RFC 6749 §3.2, §4.1.3';
  const grant = parameterValue(token.parameters, 'grant_type');
  const declaresJson = token.mediaType === 'application/json';
  return [
    (token.place === 'json' || (declaresJson && token.place !== 'unknown')) && {
      cause: 'The token request is JSON.',
      why:
        token.place === 'json'
          ? 'Its body is a JSON object; the token endpoint takes application/x-www-form-urlencoded.'
          : 'Its Content-Type says JSON, so the server does not read the form data in it.',
      try: 'Send name=value pairs joined by "&" with Content-Type: application/x-www-form-urlencoded.',
      confidence: 'medium',
      source,
    },
    token.method === 'GET' && {
      cause: 'The token request is a GET.',
      why: 'The token endpoint takes POST only.',
      try: 'Send a POST with the parameters in its body.',
      confidence: 'medium',
      source,
    },
    token.method === 'POST' &&
      token.place === 'query' && {
        cause: 'The parameters of the token request are in the URL.',
        why: 'The body is empty; servers look for them there.',
        try: 'Send the parameters in the body: secrets and codes in a URL also end up in logs.',
        confidence: 'medium',
        source,
      },
    (token.place === 'form' || token.place === 'json') &&
      grant === undefined && {
        cause: 'grant_type is missing from the token request.',
        why: 'No parameter of that name is in the body.',
        try: 'Send grant_type=authorization_code, or that of another grant.',
        confidence: 'high',
        source,
      },
    grant === 'authorization_code' &&
      parameterValue(token.parameters, 'code') === undefined && {
        cause: 'The code is missing from the token request.',
        why: 'grant_type is authorization_code and there is no parameter "code".',
        try: 'Send the code of the callback.',
        confidence: 'high',
        source,
      },
  ];
}

function placeEvidence(situation: Situation): readonly (Diagnosis | false)[] {
  const { endpoint, status, response, token, error, conversation } = situation;
  const body = response?.body?.trim() ?? '';
  const isHtml = /^<(?:!doctype|html)/i.test(body);
  const location = headerValue(response?.headers ?? [], 'location');
  if (endpoint !== 'token' && endpoint !== 'discovery') return [];
  const what = endpoint === 'token' ? 'token endpoint' : 'metadata document';
  const wanted = conversation.metadata?.token_endpoint;
  return [
    status !== null &&
      status >= 300 &&
      status < 400 && {
        cause: `The ${what} answered with a redirect.`,
        why: `It points to ${location === undefined ? 'nowhere' : shownValue(location.replace(/[?#].*$/s, ''))}: perhaps http instead of https, a missing or additional slash, or a login page.`,
        try: 'Use the URL it points to, if that is the endpoint; credentials are never sent along a redirect.',
        confidence: 'high',
      },
    (status === 404 || status === 405) && {
      cause: `The URL is not that of the ${what}.`,
      why: `The status is ${status}${error === null ? ' and no OAuth error came with it' : ''}.`,
      try: 'Compare the URL with the metadata: oauth-code discover ISSUER shows it.',
      confidence: error === null ? 'high' : 'medium',
      ...(endpoint === 'token' && wanted !== undefined && token !== null
        ? { expected: shownValue(wanted), received: shownValue(token.url) }
        : {}),
    },
    isHtml &&
      !(status !== null && (status === 404 || status === 405 || status >= 500)) && {
        cause: `A web page answered instead of the ${what}.`,
        why: 'The body is HTML: a proxy, a firewall, a login page, or the wrong path.',
        try: `Read the page with -v or in a browser, and compare the URL with the metadata.`,
        confidence: error === null ? 'high' : 'low',
      },
    status === 429 && {
      cause: 'The server limits how often it is asked.',
      why: 'The status is 429.',
      try: `Wait${retryAfter(situation)} and ask less often; keep tokens until they expire.`,
      confidence: 'high',
      source: 'RFC 6585 §4',
    },
    status !== null &&
      status >= 500 && {
        cause: 'The server failed.',
        why: `The status is ${status}.`,
        try: 'Try again, then look into the log of the server at this time. A code that was sent may be spent.',
        confidence: error === null ? 'high' : 'medium',
        source: 'RFC 9110 §15.6',
      },
  ];
}

function retryAfter({ response }: Situation): string {
  const value = headerValue(response?.headers ?? [], 'retry-after');
  return value !== undefined && /^\d{1,6}$/.test(value) ? ` ${value} seconds (Retry-After)` : '';
}

function unknownScope(situation: Situation): Diagnosis | false {
  const supported = metadataFor(situation)?.scopes_supported;
  const { scope, error } = situation;
  if (error !== 'invalid_scope' || supported === undefined || scope === null) return false;
  const unknown = scope.filter((one) => !supported.includes(one));
  return (
    unknown.length > 0 && {
      cause: `A scope is unknown to the server: ${listed(unknown.map((one) => one.slice(0, 60)))}.`,
      why: 'It is not among scopes_supported, although a server need not list all it has.',
      try: 'Leave it out, correct its spelling, or have it made and allowed for this client.',
      confidence: 'high',
      source: 'RFC 6749 §3.3',
      expected: shownValue(supported.join(' ')),
      received: shownValue(scope.join(' ')),
    }
  );
}

function repeatedGrant({ token, earlier, grant, error }: Situation): readonly (Diagnosis | false)[] {
  const refresh = parameterValue(token?.parameters ?? [], 'refresh_token');
  if (grant !== 'refresh_token' || refresh === undefined || error === null) return [];
  const before = earlier.find(
    ({ sent }) => parameterValue(sent?.parameters ?? [], 'refresh_token') === refresh,
  );
  return [
    before !== undefined &&
      /"refresh_?token"/i.test(before.response.body ?? '') && {
        cause: 'The refresh token was used before and has been replaced.',
        why: `An earlier request used the same one (${before.source}), and its answer brought a new one.`,
        try: 'Store the new refresh token each time, and let one process at a time refresh.',
        confidence: 'high',
        source: 'RFC 9700 §4.14.2',
      },
  ];
}
