import { durationText, shownValue } from '../checks/shown-value.ts';
import { decodeJwt } from '../jose/jwt.ts';
import { tokenErrorCodes } from '../protocol/error-members.ts';
import { mtlsEndpoints } from '../protocol/metadata.ts';
import { isConcealed } from '../protocol/placeholder.ts';
import type { SentTokenRequest } from '../recording/sent-request.ts';
import { isAt, isSameOrigin } from '../recording/url-input.ts';
import { own, recall, say } from '../say.ts';
import { type Candidate, type Cause, contradiction, ruledOut } from './diagnosis.ts';
import {
  authenticatesClient,
  metadataFor,
  type Situation,
  sentValue,
  serverSeconds,
  showsCredentials,
  timeBeside,
  tokenValue,
} from './situation.ts';

/**
 * What the token request shows about a refused client (RFC 6749 §2.3, §5.2; RFC 7523 §3); `isExplained` where the server
 * says what it is.
 */
export function clientEvidence(situation: Situation, isExplained = false): readonly Candidate[] {
  const { token, error, status } = situation;
  const isRefused =
    ['invalid_client', 'unauthorized_client', 'invalid_request'].includes(error ?? '') || status === 401;
  if (!authenticatesClient(situation) || token === null || !showsCredentials(situation)) return [];
  // A code of the server's own may be about the assertion; of the rest nothing is known then.
  if (!isRefused) return error !== null && !tokenErrorCodes.has(error) ? assertionEvidence(situation) : [];
  const { twice, method, secret } = token.authentication;
  const isClient = error === 'invalid_client' || status === 401;
  const odd = oddSecret(token.authentication, situation);
  // A secret may end in a blank.
  const isPerhaps = isPadded(secret);
  return [
    twice && {
      cause: 'The client authenticates twice in one request.',
      why: 'Credentials are in the Authorization header and in the body; a client must use one method a request.',
      try: 'Leave out client_secret in the body, or leave out the Authorization header.',
      ...contradiction(own('one method'), own('an Authorization header, and credentials in the body')),
      source: 'RFC 6749 §2.3',
    },
    method === 'unreadable_basic' && {
      cause: 'The Authorization header cannot be read.',
      why: 'The value after "Basic" is not the base64 of an identifier, a colon and a secret.',
      try: 'Encode client_id:client_secret, each part form-encoded, as base64 with padding and without line feeds.',
      ...contradiction(own('base64 of client_id:client_secret'), own('text that is not')),
      source: 'RFC 6749 §2.3.1; RFC 7617 §2',
    },
    odd,
    ...certificateEvidence(situation),
    methodNotAdvertised(situation, isExplained),
    ...assertionEvidence(situation),
    ...(isClient
      ? [
          ruledOut(
            'The client secret is empty, a placeholder, or has quotes or white space around it.',
            !odd && !!secret && !isConcealed(secret) && own('The secret that was sent is none of these.'),
          ),
        ]
      : []),
    ...((!odd || isPerhaps) && isClient ? methodOrSecret(situation) : []),
  ];
}

/** A variable of a shell, of cmd, or of a template that stands where its value belongs. */
const unreplaced = /^(?:\$\{?\w+\}?|\$\(.*\)|%\w+%|\{\{.*\}\}|\$env:\w+)$/;

function isPadded(secret: string | null | undefined): boolean {
  return secret != null && secret !== secret.trim();
}

function oddSecret(
  { clientId, secret, variable }: SentTokenRequest['authentication'],
  { earlier }: Situation,
): Candidate {
  if (variable !== null) {
    return {
      cause: say`The value of ${variable} is not in the command: it may be empty, or another one than you think.`,
      why: 'What the client authenticates with comes from a variable, which is replaced where the command runs.',
      try: 'Print it in the same shell, between marks that show white space, as in: printf \'[%s]\' "$NAME".',
      source: 'RFC 6749 §2.3.1',
    };
  }
  if (unreplaced.test(clientId ?? '') || unreplaced.test(secret ?? '')) {
    const isBoth = unreplaced.test(clientId ?? '') && unreplaced.test(secret ?? '');
    return {
      cause: say`The ${own(isBoth ? 'client_id and the client secret are names of variables that were' : unreplaced.test(secret ?? '') ? 'client secret is the name of a variable that was' : 'client_id is the name of a variable that was')} not replaced.`,
      why: 'It was sent as it stands: a shell replaces nothing in single quotes, and no template language was at work.',
      try: 'Use double quotes, check how the program fills in its settings, or put the value itself there.',
      source: 'RFC 6749 §2.3.1',
      expected: own('the identifier and the secret of the client'),
      received: own('the name of a variable'),
    };
  }
  if (secret === null || isConcealed(secret)) return undefined;
  const source = 'RFC 6749 §2.3.1';
  const expected = own('the secret of the client');
  if (secret === '') {
    return {
      cause: say`The ${own(clientId === '' ? 'client_id and the client secret are' : 'client secret is')} empty.`,
      why: 'The request carries an empty secret: a variable or file was probably empty.',
      try: {
        login: 'Check what --client-secret-file or --client-secret-env reads.',
        debug: 'Check where the program reads the secret from.',
      },
      source,
      ...contradiction(expected, own('an empty value')),
    };
  }
  if (isPadded(secret)) {
    const isProven = earlier.some(
      ({ sent, response }) => response.status === 200 && sent?.authentication.secret === secret.trim(),
    );
    const white = /[\r\n]/.test(secret) ? 'line feed' : 'space or tab';
    const place = secret.startsWith(secret.trim().slice(0, 1)) ? 'end' : 'start';
    const received = say`a secret with a ${own(white)} at its ${own(place)}`;
    return {
      cause: 'The client secret has white space around it.',
      why: own(`A ${white} stands at its ${place}.`),
      try: 'Remove it where the secret is stored, for example with "printf %s" instead of "echo".',
      source,
      expected,
      received,
      ...(isProven &&
        contradiction(own('the secret that an earlier request had, which was accepted'), received)),
    };
  }
  return (
    /^(["']).*\1$|^<.*>$/.test(secret) && {
      cause: 'The client secret looks like a placeholder or still has quotes around it.',
      why: 'It begins and ends with quotes or brackets.',
      try: 'Put the secret itself there, without quotes.',
      source,
      expected,
      received: own('text in quotes or brackets'),
    }
  );
}

/** The check of the TLS certificate that the client showed; undefined where it showed none, or nothing tells. */
function shownCertificate({ conversation }: Situation) {
  return conversation.checks?.find(({ id }) => id === 'client-certificate');
}

/** Whether the token that was refused is bound to a certificate which the client did not show (RFC 8705 §3). */
export function bindingEvidence({ conversation, status }: Situation): Candidate {
  const check = conversation.checks?.findLast(({ id }) => id === 'certificate-binding');
  if (status !== 401 || check?.received === undefined || !/^(?:warn|fail)$/.test(check.outcome))
    return undefined;
  return {
    cause: 'The token is bound to a certificate that the client did not show.',
    why: recall(check.detail),
    try: 'Give the certificate that the token was got with: --cert FILE --key FILE.',
    source: 'RFC 8705 §3',
    ...contradiction(say`the certificate ${check.received}`, check.expected ?? own('no certificate')),
  };
}

/** What is known of the TLS certificate of a client that proves itself by nothing else (RFC 8705 §2, §5). */
function certificateEvidence(situation: Situation): readonly Candidate[] {
  const { token } = situation;
  const shown = shownCertificate(situation);
  if (shown === undefined || token?.authentication.method !== 'none') return [];
  const alias = mtlsEndpoints(metadataFor(situation) ?? {}).token_endpoint;
  return [
    shown.outcome === 'warn' && {
      cause: 'The client certificate is not in force.',
      why: recall(shown.detail),
      try: 'Have the certificate renewed, or set the clock of this machine, by NTP.',
      source: 'RFC 5280 §4.1.2.5; RFC 8705 §2',
      ...contradiction(shown.expected, shown.received),
    },
    alias !== undefined &&
      !isAt(token.url, alias) && {
        cause: 'The request went past the endpoint for clients with a certificate.',
        why: 'The metadata names another token endpoint for them, and the server may see the certificate there alone.',
        try: { login: 'Leave out --token-endpoint.', debug: 'Use the URL in mtls_endpoint_aliases.' },
        source: 'RFC 8705 §5',
        ...contradiction(shownValue(alias), shownValue(token.url)),
      },
    {
      cause: 'The server does not accept the certificate of the client.',
      why: 'The certificate is in force and was shown; the server has another one registered for this client, or does not trust its authority.',
      try: 'Compare the subject (tls_client_auth) or the certificate itself (self_signed_tls_client_auth) with the registration of the client.',
      source: 'RFC 8705 §2.1.2, §2.2.2',
    },
  ];
}

function advertisedMethods(situation: Situation): readonly string[] | undefined {
  return (
    metadataFor(situation)?.token_endpoint_auth_methods_supported ??
    situation.conversation.advertisedAuthMethods
  );
}

const secretMethods: readonly string[] = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'];
const assertionMethods: readonly string[] = ['private_key_jwt', 'client_secret_jwt'];
const tlsMethods: readonly string[] = ['tls_client_auth', 'self_signed_tls_client_auth'];

function methodNotAdvertised(situation: Situation, isExplained: boolean): Candidate {
  const { token, given, error, status } = situation;
  const advertised = advertisedMethods(situation);
  const method = token?.authentication.method ?? 'none';
  const isShown = shownCertificate(situation) !== undefined;
  const accepted =
    method === 'assertion' ? assertionMethods : [method, ...(method === 'none' && isShown ? tlsMethods : [])];
  if (advertised === undefined || method === 'unreadable_basic') return false;
  const isClient = error === 'invalid_client' || status === 401;
  if (accepted.some((name) => advertised.includes(name)))
    return ruledOut(
      'The server does not take the client authentication that was used.',
      isClient && secretMethods.includes(method) && say`Its metadata lists ${own(method)}.`,
    );
  // The credential of the client decides which of them it can use.
  const kinds = token?.authentication.secret == null ? assertionMethods : secretMethods;
  const fitting = advertised.find((name) => kinds.includes(name));
  const compared = {
    source: 'OIDC Discovery §3',
    expected: say`one of ${shownValue(advertised.join(', '))}`,
    received: method,
  };
  if (method === 'none') {
    return {
      cause: 'The client does not authenticate, and the server does not list public clients.',
      why: 'The request has neither a secret nor an assertion, and "none" is not among the methods of the metadata. Some servers take public clients without listing it.',
      try: {
        login:
          'If the client has a secret or a key, give it: --client-secret-file, --client-secret-env, --signing-key.',
        debug:
          'If the client has a secret or a key, authenticate with it. If it has none, register it as a public client.',
      },
      ...compared,
    };
  }
  const source = given['auth-method'];
  const other = say`Set the client to ${fitting ?? own('one of them')}, and its registration too.`;
  const option =
    source === undefined
      ? say`Use --auth-method ${fitting ?? ''}.`
      : say`Log in without ${own(source)}, or with ${fitting ?? ''}.`;
  return {
    cause: say`The server does not take the client authentication that was used, ${own(method)}.`,
    why: 'Its metadata lists the methods it takes, and this is not one of them.',
    try: { login: fitting === undefined ? other : option, debug: other },
    ...compared,
    // Some servers take more than they list: nothing else may explain the refusal.
    confidence: !isExplained && isClient ? 'high' : 'medium',
  };
}

/**
 * Both give the same answer, so the order says what is likelier: the default of a registration is Basic (RFC 7591
 * §2), a server lists what it prefers first, and a client that uses that has more likely a wrong secret.
 */
function methodOrSecret(situation: Situation): readonly Candidate[] {
  const method = situation.token?.authentication.method ?? 'none';
  const advertised = advertisedMethods(situation) ?? [];
  const preferred = advertised.find(
    (name) => name === 'client_secret_basic' || name === 'client_secret_post',
  );
  const isUnusual = method === 'client_secret_post' && preferred !== 'client_secret_post';
  const other = method === 'client_secret_post' ? 'client_secret_basic' : 'client_secret_post';
  const source = 'RFC 6749 §2.3.1, §5.2';
  const secretSource = situation.given['client-secret'];
  if (method === 'none' && shownCertificate(situation) !== undefined) return [unknownClient(situation)];
  if (method === 'none') {
    return [
      // Otherwise the metadata says more.
      (advertised.length === 0 || advertised.includes('none')) && {
        cause: 'The client has to authenticate, and did not.',
        why: 'The request carries a client_id and neither a secret nor an assertion.',
        try: {
          login:
            'If the client has a secret, give it with --client-secret-file or --client-secret-env. If it has none, register it as a public client.',
          debug:
            'Send the secret of the client, or register it as a public client (token_endpoint_auth_method none).',
        },
        source,
      },
      advertised.some((name) => name.endsWith('tls_client_auth')) && {
        cause: 'The client has to authenticate by its certificate.',
        why: 'The server lists that method; a request does not show whether a certificate came with it.',
        try: {
          login: 'Give --cert and --key.',
          debug: 'Send the certificate that is registered for the client.',
        },
        confidence: 'low',
        source: 'RFC 8705 §2',
      },
      unknownClient(situation),
    ];
  }
  if (method === 'assertion') return [refusedAssertion, unknownClient(situation)];
  if (method !== 'client_secret_basic' && method !== 'client_secret_post') return [unknownClient(situation)];
  const inBody = situation.token?.place === 'query' ? 'URL' : 'body';
  const lookUp = own(`${other}, or look up token_endpoint_auth_method of the client.`);
  const wrongMethod: Cause = {
    cause: say`The client is registered for another authentication method than ${own(method)}.`,
    why: isUnusual
      ? say`The secret was sent in the ${own(inBody)} (${own(method)}); ${preferred === undefined ? own('the default of a registration is client_secret_basic') : say`the server lists ${own(preferred)} first, which is also the default of a registration`}.`
      : say`The secret was sent in the ${own(method === 'client_secret_post' ? inBody : 'Authorization header')} (${own(method)}); servers give the same answer to a method that is not the one registered.`,
    try: { login: say`Use --auth-method ${lookUp}`, debug: say`Use ${lookUp}` },
    source: 'RFC 6749 §2.3.1; RFC 7591 §2',
    expected: isUnusual ? other : undefined,
    received: isUnusual ? method : undefined,
  };
  const compare = 'Compare the secret with the registration of the client; make a new one if in doubt.';
  const origin = secretSource === undefined ? '' : own(`came from ${secretSource}, `);
  const isTrim = !isPadded(situation.token?.authentication.secret);
  const wrongSecret: Cause = {
    cause: 'The client secret is wrong.',
    why: say`It ${origin}${own(isTrim ? 'has no white space around it and ' : '')}was sent with ${own(method)}${own(advertised.includes(method) ? ', which the server takes' : '')}: then invalid_client says that it is not the secret of this client, or no longer.`,
    try: { login: own(`${compare} If it is right, try --auth-method ${other}.`), debug: compare },
    source,
  };
  return [...(isUnusual ? [wrongMethod, wrongSecret] : [wrongSecret, wrongMethod]), unknownClient(situation)];
}

const refusedAssertion: Cause = {
  cause: 'The server does not accept the key of the client assertion.',
  why: 'The assertion was sent, and its claims show no mistake: then its signature is refused, most often because another key is registered, or it was sent before.',
  try: {
    login: 'Register the public half of --signing-key for this client, with its kid and alg.',
    debug:
      'Register the public key for this client, with its kid and alg, and make each assertion new (jti).',
  },
  source: 'RFC 7523 §3; OIDC Core §9',
};

/** The authorization endpoint has taken the same client before: then it exists. */
function unknownClient(situation: Situation): Candidate {
  const { authorization, receivedCodes, token } = situation;
  const clientId = token?.authentication.clientId;
  const compare =
    'Compare client_id with the registration, and check that it is registered at this server, tenant or environment.';
  const cause = 'The server does not know this client.';
  return authorization === null || receivedCodes.length === 0
    ? {
        cause,
        why:
          clientId == null
            ? 'No client_id shows in the request.'
            : say`client_id is ${shownValue(clientId)}.`,
        try: { login: own(`${compare} It is given with --client-id.`), debug: compare },
        confidence: clientId == null ? 'medium' : 'low',
        source: 'RFC 6749 §5.2',
      }
    : ruledOut(
        cause,
        clientId != null &&
          clientId === sentValue(situation, 'client_id') &&
          say`The authorization endpoint took client_id ${shownValue(clientId)} and sent a code.`,
      );
}

function assertionEvidence(situation: Situation): readonly Candidate[] {
  const { token, response, conversation } = situation;
  const assertion = token?.authentication.assertion;
  const decoded = assertion == null || isConcealed(assertion) ? undefined : decodeJwt(assertion);
  if (decoded === undefined || decoded.type === 'jwe') return [];
  const certain = { confidence: 'high', source: 'RFC 7523 §3; OIDC Core §9' } as const;
  if (decoded.type === 'invalid') {
    return [
      {
        cause: 'client_assertion is not a JWT.',
        why: say`${decoded.reason}`,
        try: 'Send a signed JWT in compact form.',
        ...certain,
        expected: own('three parts of base64url'),
        received: say`${assertion?.split('.').length ?? 0} parts, ${assertion?.length ?? 0} characters`,
      },
    ];
  }
  const { iss, sub, aud, exp, iat, jti } = decoded.claims;
  const { alg } = decoded.header;
  const algs = metadataFor(situation)?.token_endpoint_auth_signing_alg_values_supported;
  const isRepeated = situation.earlier.some(({ sent }) => sent?.authentication.assertion === assertion);
  const clientId = tokenValue(situation, 'client_id');
  // An assertion of another issuer, such as a cluster: the registration of the client says what stands in it.
  const isForeign = iss !== sub && typeof iss === 'string' && /^\w+:\/\//.test(iss);
  const now = serverSeconds(response?.headers);
  const audiences = [aud].flat().filter((value) => typeof value === 'string');
  const metadataHere = metadataFor(situation);
  const metadata = metadataHere ?? conversation.metadata;
  const known = [metadata?.issuer, metadata?.token_endpoint, token?.url || undefined].filter(
    (value) => value !== undefined,
  );
  // Without the metadata of this server its issuer is not known, which shares the origin with the endpoint at least.
  const isElsewhere = audiences.every((value) => !known.some((one) => isSameOrigin(one, value)));
  const isOther = metadataHere === null ? isElsewhere : audiences.every((value) => !known.includes(value));
  const late = typeof exp === 'number' && now !== undefined ? now - exp : 0;
  const early = typeof iat === 'number' && now !== undefined ? iat - now : undefined;
  const named = metadataHere && audiences.find((value) => known.includes(value));
  return [
    ruledOut(
      'The client assertion had expired when it came.',
      late < 0 && say`By the Date of the answer it was valid for ${durationText(late)} more.`,
    ),
    ruledOut(
      'The clock that wrote the client assertion is wrong.',
      early !== undefined &&
        Math.abs(early) <= 5 &&
        say`Its iat and the Date of the answer are ${Math.abs(early)} s apart.`,
    ),
    ruledOut(
      'The client assertion is for another server.',
      !!named && say`Its aud has ${shownValue(named)}, which is the issuer or the token endpoint.`,
    ),
    ruledOut(
      'The client assertion is of another client than client_id names.',
      iss === sub &&
        sub === clientId &&
        sub !== undefined &&
        say`iss, sub and client_id are ${shownValue(sub)}.`,
    ),
    ruledOut(
      'The client assertion is signed with an algorithm that the server does not list.',
      algs?.includes(String(alg)) === true && say`Its metadata lists ${shownValue(alg)}.`,
    ),
    late > 0 && {
      cause: 'The client assertion had expired when it came.',
      why: say`By the Date of the answer it had expired ${durationText(late)} before: it was kept for too long, or the clock that wrote it is wrong.`,
      try: 'Make each assertion fresh, and set the clock of the client, by NTP.',
      ...certain,
      expected: own('exp after the Date of the answer'),
      received: say`exp ${timeBeside(exp, now)}`,
    },
    early !== undefined &&
      early > 5 && {
        cause: 'The clock that wrote the client assertion is wrong.',
        why: say`By the Date of the answer the assertion was issued ${durationText(early)} in the future.`,
        try: 'Set the clock of the client, by NTP.',
        ...certain,
        expected: own('iat no later than the Date of the answer'),
        received: say`iat ${timeBeside(iat, now)}`,
      },
    isRepeated && {
      cause: 'The client assertion was sent before.',
      why: 'A server takes each one once: an earlier request of this recording has the same.',
      try: 'Make an assertion with a jti of its own for each request, each further try too.',
      ...certain,
      source: 'RFC 7523 §3 7; OIDC Core §9',
      expected: own('a new assertion'),
      received: say`the one of an earlier request, jti ${shownValue(jti)}`,
    },
    algs !== undefined &&
      algs.length > 0 &&
      !algs.some((one) => one === alg) && {
        cause: 'The client assertion is signed with an algorithm that the server does not list.',
        why: say`Its alg is ${shownValue(alg)}.`,
        try: {
          login: 'Leave out --signing-alg, or give a key for one of the listed algorithms.',
          debug: 'Sign with one of the listed algorithms.',
        },
        // Some servers take more than they list.
        source: 'RFC 8414 §2; RFC 7523 §3',
        expected: say`one of ${shownValue(algs.join(', '))}`,
        received: shownValue(alg),
      },
    isForeign && {
      cause: 'The client assertion is of another issuer, which the server has to trust for this client.',
      why: say`Its iss is ${shownValue(iss)}, and its sub is not that.`,
      try: 'Compare iss, sub and aud with what is registered for the client (federated credential); an assertion of its own has the client_id as iss and sub.',
      source: 'RFC 7523 §3; RFC 7521 §4.2',
    },
    !isForeign &&
      iss !== sub && {
        cause: 'iss and sub of the client assertion differ.',
        why: 'Both have to be the client_id.',
        try: 'Set iss and sub to the client_id.',
        ...certain,
        expected: say`sub ${shownValue(iss)}`,
        received: say`sub ${shownValue(sub)}`,
      },
    iss === sub &&
      typeof sub === 'string' &&
      clientId !== undefined &&
      clientId !== sub && {
        cause: 'The client assertion is of another client than client_id names.',
        why: 'iss and sub of the assertion have to be the client_id.',
        try: 'Use the identifier of one client in all three.',
        ...certain,
        source: 'RFC 7521 §4.2; RFC 7523 §3',
        expected: shownValue(clientId),
        received: shownValue(sub),
      },
    known.length > 0 &&
      audiences.length > 0 &&
      !isForeign &&
      isOther && {
        cause: 'The client assertion is for another audience.',
        why: 'Its aud is neither the issuer nor the token endpoint.',
        try: {
          login: 'Use --assertion-audience issuer, token-endpoint, or the URI that the server names.',
          debug: 'Set aud to the issuer, or to the token endpoint where a server wants that.',
        },
        ...certain,
        // Another address of the same server may be taken.
        ...((metadataHere === null || !isElsewhere) && { confidence: 'medium' as const }),
        expected: shownValue(known.join(' or ')),
        received: shownValue(audiences.join(', ')),
      },
  ];
}
