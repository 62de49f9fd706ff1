import { durationText, shownValue } from '../checks/shown-value.ts';
import { headerValue } from '../http-message.ts';
import { decodeJwt } from '../jose/jwt.ts';
import type { Diagnosis } from './diagnosis.ts';
import { metadataFor, type Situation } from './situation.ts';

/** What the token request shows about a refused client (RFC 6749 §2.3, §5.2; RFC 7523 §3). */
export function clientEvidence(situation: Situation): readonly (Diagnosis | false | undefined)[] {
  const { token, error, status } = situation;
  const isRefused =
    error === 'invalid_client' ||
    error === 'unauthorized_client' ||
    error === 'invalid_request' ||
    status === 401;
  if (situation.endpoint !== 'token' || token === null || !isRefused) return [];
  return [
    twiceAuthenticated(situation),
    unreadableBasic(situation),
    oddSecret(situation),
    methodNotAdvertised(situation),
    ...assertionEvidence(situation),
    ...(error === 'invalid_client' ? methodOrSecret(situation) : []),
  ];
}

function twiceAuthenticated({ token }: Situation): Diagnosis | false {
  return (
    token?.authentication.twice === true && {
      cause: 'The client authenticates twice in one request.',
      why: 'Credentials are in the Authorization header and in the body; a client must use one method a request.',
      try: 'Leave client_secret out of the body, or the Authorization header away.',
      confidence: 'high',
      source: 'RFC 6749 §2.3',
    }
  );
}

function unreadableBasic({ token }: Situation): Diagnosis | false {
  return (
    token?.authentication.method === 'unreadable_basic' && {
      cause: 'The Authorization header cannot be read.',
      why: 'What stands behind "Basic" is not the base64 of an identifier, a colon and a secret.',
      try: 'Encode client_id:client_secret, each part form-encoded, as base64 with padding and without line feeds.',
      confidence: 'high',
      source: 'RFC 6749 §2.3.1; RFC 7617 §2',
    }
  );
}

function oddSecret({ token, voice }: Situation): Diagnosis | false | undefined {
  const secret = token?.authentication.secret;
  if (secret == null) return false;
  const source = 'RFC 6749 §2.3.1';
  if (secret === '') {
    return {
      cause: 'The client secret is empty.',
      why: 'The request carries a secret of no characters: a variable or file was probably empty.',
      try:
        voice === 'login'
          ? 'Check what --client-secret-file or --client-secret-env reads.'
          : 'Check where the program reads the secret from.',
      confidence: 'high',
      source,
    };
  }
  if (secret !== secret.trim()) {
    return {
      cause: 'The client secret has white space around it.',
      why: `A ${/[\r\n]/.test(secret) ? 'line feed' : 'space or tab'} stands at its ${secret.startsWith(secret.trim().slice(0, 1)) ? 'end' : 'start'}.`,
      try: 'Remove it where the secret is stored, for example with "printf %s" instead of "echo".',
      confidence: 'high',
      source,
    };
  }
  if (/^(["']).*\1$|^<.*>$|^\$\{?\w+\}?$/.test(secret)) {
    return {
      cause: 'The client secret looks like a placeholder or still has quotes around it.',
      why: 'It begins and ends with quotes or brackets, or is the name of a variable that was not replaced.',
      try: 'Put the secret itself there, without quotes.',
      confidence: 'high',
      source,
    };
  }
  return undefined;
}

function advertisedMethods(situation: Situation): readonly string[] | undefined {
  return (
    metadataFor(situation)?.token_endpoint_auth_methods_supported ??
    situation.conversation.advertisedAuthMethods
  );
}

function methodName(situation: Situation): string {
  return situation.token?.authentication.method ?? 'none';
}

const secretMethods: readonly string[] = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'];
const assertionMethods: readonly string[] = ['private_key_jwt', 'client_secret_jwt'];

function methodNotAdvertised(situation: Situation): Diagnosis | false {
  const advertised = advertisedMethods(situation);
  const method = methodName(situation);
  const accepted = method === 'assertion' ? ['private_key_jwt', 'client_secret_jwt'] : [method];
  if (advertised === undefined || method === 'unreadable_basic') return false;
  if (accepted.some((name) => advertised.includes(name))) return false;
  // What the client proves itself with decides which of them it can use.
  const kinds = situation.token?.authentication.secret == null ? assertionMethods : secretMethods;
  const fitting = advertised.find((name) => kinds.includes(name));
  return {
    cause: `The server does not take the client authentication that was used, ${method}.`,
    why: 'Its metadata lists the methods it takes, and this is not one of them.',
    try:
      situation.voice === 'login' && situation.given['auth-method'] !== undefined && fitting !== undefined
        ? `Log in without ${situation.given['auth-method']}, or with ${fitting}.`
        : situation.voice === 'login' && fitting !== undefined
          ? `Use --auth-method ${fitting}.`
          : `Set the client to ${fitting ?? 'one of them'}, and its registration too.`,
    confidence: 'high',
    source: 'OIDC Discovery §3',
    expected: `one of ${shownValue(advertised.join(', '))}`,
    received: method,
  };
}

/**
 * Both give the same answer, so the order says what is likelier: the default of a registration is Basic (RFC 7591
 * §2), a server lists what it prefers first, and whoever uses that has more likely a wrong secret.
 */
function methodOrSecret(situation: Situation): readonly (Diagnosis | false)[] {
  const { voice } = situation;
  const method = methodName(situation);
  const advertised = advertisedMethods(situation) ?? [];
  const preferred = advertised.find(
    (name) => name === 'client_secret_basic' || name === 'client_secret_post',
  );
  const isUnusual = method === 'client_secret_post' && preferred !== 'client_secret_post';
  const other = method === 'client_secret_post' ? 'client_secret_basic' : 'client_secret_post';
  const source = 'RFC 6749 §2.3.1, §5.2';
  const secretSource = situation.given['client-secret'];
  if (method === 'none') {
    return [
      {
        cause: 'The client has to authenticate, and did not.',
        why: 'The request carries a client_id and neither a secret nor an assertion.',
        try:
          voice === 'login'
            ? 'If the client has a secret, give it with --client-secret-file or --client-secret-env. If it has none, register it as a public client.'
            : 'Send the secret of the client, or register it as a public client (token_endpoint_auth_method none).',
        confidence: 'medium',
        source,
      },
      unknownClient(situation),
    ];
  }
  if (method !== 'client_secret_basic' && method !== 'client_secret_post') return [unknownClient(situation)];
  const wrongMethod: Diagnosis = {
    cause: `The client is registered for another authentication method than ${method}.`,
    why: isUnusual
      ? `The secret was sent in the body (${method}); ${preferred === undefined ? 'the default of a registration is client_secret_basic' : `the server lists ${preferred} first, which is also the default of a registration`}.`
      : `The secret was sent in the Authorization header (${method}); servers give the same answer to a method that is not the one registered.`,
    try:
      voice === 'login'
        ? `Use --auth-method ${other}, or look up token_endpoint_auth_method of the client.`
        : `Use ${other}, or look up token_endpoint_auth_method of the client.`,
    confidence: 'medium',
    source: 'RFC 6749 §2.3.1; RFC 7591 §2',
    ...(isUnusual ? { expected: other, received: method } : {}),
  };
  const wrongSecret: Diagnosis = {
    cause: 'The client secret is wrong.',
    why: `It ${secretSource === undefined ? '' : `came from ${secretSource}, `}has no white space around it and was sent with ${method}${advertised.includes(method) ? ', which the server takes' : ''}: then invalid_client says that it is not the secret of this client, or no longer.`,
    try: `Compare the secret with the registration of the client; make a new one if in doubt.${voice === 'login' ? ` If it is right, try --auth-method ${other}.` : ''}`,
    confidence: 'medium',
    source,
  };
  return isUnusual
    ? [wrongMethod, wrongSecret, unknownClient(situation)]
    : [wrongSecret, wrongMethod, unknownClient(situation)];
}

/** The authorization endpoint has taken the same client before: then it exists. */
function unknownClient(situation: Situation): Diagnosis | false {
  const known = situation.authorization !== null && situation.receivedCodes.length > 0;
  const clientId = situation.token?.authentication.clientId;
  return (
    !known && {
      cause: 'The server does not know this client.',
      why: clientId == null ? 'No client_id shows in the request.' : `client_id is ${shownValue(clientId)}.`,
      try: `Compare client_id with the registration, and check that it is registered at this server, tenant or environment.${situation.voice === 'login' ? ' It is given with --client-id.' : ''}`,
      confidence: clientId == null ? 'medium' : 'low',
      source: 'RFC 6749 §5.2',
    }
  );
}

function assertionEvidence(situation: Situation): readonly (Diagnosis | false)[] {
  const { token, response, conversation } = situation;
  const assertion = token?.authentication.assertion;
  const decoded = assertion == null ? undefined : decodeJwt(assertion);
  if (decoded === undefined || decoded.type === 'jwe') return [];
  const source = 'RFC 7523 §3; OIDC Core §9';
  if (decoded.type === 'invalid') {
    return [
      {
        cause: 'client_assertion is not a JWT.',
        why: decoded.reason,
        try: 'Send a signed JWT in compact form.',
        confidence: 'high',
        source,
      },
    ];
  }
  const { iss, sub, aud, exp, iat } = decoded.claims;
  const serverMs = Date.parse(headerValue(response?.headers ?? [], 'date') ?? '');
  const audiences = (Array.isArray(aud) ? aud : [aud]).filter((value) => typeof value === 'string');
  const metadata = metadataFor(situation) ?? conversation.metadata;
  const known = [metadata?.issuer, metadata?.token_endpoint, token?.url || undefined].filter(
    (value) => value !== undefined,
  );
  const late = typeof exp === 'number' && !Number.isNaN(serverMs) ? serverMs / 1000 - exp : 0;
  const early = typeof iat === 'number' && !Number.isNaN(serverMs) ? iat - serverMs / 1000 : 0;
  return [
    (late > 0 || early > 5) && {
      cause: 'The clock that wrote the client assertion is wrong.',
      why:
        late > 0
          ? `By the Date of the answer the assertion had expired ${durationText(late)} before.`
          : `By the Date of the answer the assertion was issued ${durationText(early)} in the future.`,
      try: 'Set the clock of the client, by NTP, and make each assertion fresh.',
      confidence: 'high',
      source,
    },
    iss !== sub && {
      cause: 'iss and sub of the client assertion differ.',
      why: 'Both have to be the client_id.',
      try: 'Set iss and sub to the client_id.',
      confidence: 'high',
      source,
    },
    known.length > 0 &&
      audiences.length > 0 &&
      !audiences.some((value) => known.includes(value)) && {
        cause: 'The client assertion is for another audience.',
        why: 'Its aud is neither the issuer nor the token endpoint.',
        try: 'Set aud to the issuer, or to the token endpoint where a server wants that.',
        confidence: 'high',
        source,
        expected: shownValue(known.join(' or ')),
        received: shownValue(audiences.join(', ')),
      },
  ];
}
