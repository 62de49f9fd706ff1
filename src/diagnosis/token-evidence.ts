import { issuerDifference } from '../checks/difference.ts';
import { durationText, shownValue } from '../checks/shown-value.ts';
import type { HeaderList } from '../http-message.ts';
import { decodeJwt } from '../jose/jwt.ts';
import type { JsonObject } from '../json/json.ts';
import { parameterValue } from '../protocol/parameters.ts';
import { isConcealed } from '../protocol/placeholder.ts';
import { readTokenResponse } from '../protocol/token-response.ts';
import type { MessageOf } from '../recording/conversation.ts';
import { isSameOrigin } from '../recording/url-input.ts';
import { own, say } from '../say.ts';
import { type Candidate, type Cause, contradiction, proven } from './diagnosis.ts';
import { metadataFor, type Situation, sentValue, serverSeconds, timeBeside } from './situation.ts';

/** What may be wrong although tokens came: what is missing, and what does not fit the request. */
export function tokenEvidence(
  message: MessageOf<'token_response'>,
  situation: Situation,
): readonly Candidate[] {
  const { response, asked } = message;
  const reading = readTokenResponse(
    { status: response.status ?? 200, headers: response.headers ?? [], body: response.body ?? '' },
    asked,
  );
  if (reading.type === 'error') return [];
  const idToken = reading.idToken === null ? undefined : decodeJwt(reading.idToken);
  return [
    ...(idToken?.type === 'jws'
      ? proven(idTokenEvidence(idToken.claims, idToken.header, message, situation))
      : [missingIdToken(situation, reading.idToken)]),
    smallerScope(situation, reading.scope),
    missingRefreshToken(situation, reading.refreshToken),
    opaqueAccessToken(situation, reading.accessToken),
  ];
}

function idTokenEvidence(
  claims: JsonObject,
  header: JsonObject,
  { asked, response }: MessageOf<'token_response'>,
  situation: Situation,
): readonly Candidate[] {
  const issuer = asked.issuer ?? metadataFor(situation)?.issuer;
  const clientId = situation.token?.authentication.clientId ?? sentValue(situation, 'client_id');
  // The ID token of a refresh should have no nonce (OIDC Core §12.2).
  const nonce = situation.grant === 'refresh_token' ? undefined : sentValue(situation, 'nonce');
  const { keySet } = situation.conversation;
  return [
    typeof claims.iss === 'string' &&
      issuer !== undefined &&
      differentIssuer(issuer, claims.iss, 'The ID token'),
    clientId !== undefined &&
      claims.aud !== undefined &&
      ![claims.aud].flat().includes(clientId) && {
        cause: 'The ID token is for another client.',
        why: 'Its aud does not name the client that asked.',
        try: 'Compare client_id in the request with aud; look for a cache or a proxy that mixes up clients.',
        ...contradiction(shownValue(clientId), shownValue(claims.aud)),
        source: 'OIDC Core §3.1.3.7 3',
      },
    nonce !== undefined &&
      claims.nonce === undefined && {
        cause: 'The server does not send the nonce back in the ID token.',
        why: 'It has no nonce, although one was sent.',
        try: 'Have the server corrected; a client that checks the nonce has to refuse this token.',
        ...contradiction(shownValue(nonce), shownValue(undefined)),
        source: 'OIDC Core §3.1.3.7 11',
      },
    nonce !== undefined &&
      claims.nonce !== undefined &&
      claims.nonce !== nonce && {
        cause: 'The ID token does not belong to this login: its nonce differs.',
        why: 'It has another nonce than the one that was sent.',
        try: 'Keep the nonce of each login apart, and look for a code that was taken from another login.',
        ...contradiction(shownValue(nonce), shownValue(claims.nonce)),
        source: 'OIDC Core §3.1.3.7 11',
      },
    clockEvidence(claims, response.headers),
    keySet !== null &&
      typeof header.kid === 'string' &&
      !keySet.keyIds.includes(header.kid) &&
      (foreignKeySet(situation) ?? {
        cause: 'The key that signed the ID token is not in the key set that was fetched.',
        why: 'The server has rotated its keys, or the key set is old or of another server.',
        try: 'Fetch the key set again when a kid is unknown, and do not keep it for longer than its Cache-Control says.',
        ...contradiction(say`one of ${shownValue(keySet.keyIds.join(', '))}`, shownValue(header.kid)),
        // Without metadata the key set may be that of another server.
        ...(situation.conversation.metadata === null && !isSameOrigin(situation.token?.url ?? '', keySet.url)
          ? { confidence: 'medium' as const }
          : {}),
        source: 'OIDC Core §10.1.1',
      }),
  ];
}

/** Says how two issuers differ that must be equal octet by octet. */
export function differentIssuer(expected: string, received: string, whose: string): Candidate {
  return (
    expected !== received && {
      cause: say`${own(whose)} names another issuer than the one that was configured.`,
      why: say`${issuerDifference(expected, received)} They have to be equal character by character.`,
      try: 'Configure the issuer exactly as the server writes it, slash at the end included; with several tenants or host names, use one of them everywhere.',
      ...contradiction(shownValue(expected), shownValue(received)),
      source: 'OIDC Discovery §4.3; OIDC Core §3.1.3.7 2',
    }
  );
}

/** The keys were fetched somewhere else than the metadata of the server says (OIDC Discovery §3). */
export function foreignKeySet({
  conversation: { metadata, keySet },
  given,
}: Pick<Situation, 'conversation' | 'given'>): Cause | undefined {
  const named = metadata?.jwks_uri;
  if (named === undefined || keySet === null || keySet.url === named) return undefined;
  const source = given['jwks-uri'];
  return {
    cause: 'The keys were not fetched where the server publishes them.',
    why: say`The key that signed the ID token is not among them, and the metadata of the server names another place${source === undefined ? '' : say` than ${own(source)}`}.`,
    try:
      source === undefined
        ? 'Fetch the keys from the jwks_uri of the metadata.'
        : say`Log in without ${own(source)}.`,
    ...contradiction(shownValue(named), shownValue(keySet.url)),
    source: 'OIDC Discovery §3',
  };
}

/** The Date of the answer is the server's clock when it issued the token. */
function clockEvidence({ iat, exp }: JsonObject, headers: HeaderList | null): Candidate {
  const date = serverSeconds(headers);
  const ahead = typeof iat === 'number' && date !== undefined ? iat - date : 0;
  const expired = typeof exp === 'number' && date !== undefined ? date - exp : 0;
  return (
    (Math.abs(ahead) > 60 || expired > 0) && {
      cause: 'The clock that issued the ID token is wrong, or the answer is an old one.',
      why:
        expired > 0
          ? say`The ID token had expired ${durationText(expired)} before the Date of the answer.`
          : say`iat is ${durationText(ahead)} ${own(ahead > 0 ? 'after' : 'before')} the Date of the answer.`,
      try: 'Set the clocks of the servers, and look for a cache between client and server.',
      // An old answer may be meant; one from the future, or one that no client may accept, is not.
      ...(expired > 0 || ahead > 0
        ? contradiction(
            own('a time that fits the Date of the answer'),
            say`${own(expired > 0 ? 'exp' : 'iat')} ${timeBeside(expired > 0 ? exp : iat, date)}`,
          )
        : {}),
      source: 'OIDC Core §3.1.3.7 9, 10',
    }
  );
}

function missingIdToken(situation: Situation, idToken: string | null): Candidate {
  const { scope } = situation;
  if (idToken !== null || situation.grant === 'client_credentials' || scope === null) return false;
  if (scope.includes('openid')) {
    return (
      situation.grant === 'authorization_code' && {
        cause: 'The server does not treat the request as OpenID Connect, or did not grant openid.',
        why: 'openid was requested and no ID token came.',
        try: 'Check that openid is allowed for the client, that the token endpoint is that of the OpenID provider, and that the response type was "code".',
        missing: 'id_token',
        source: 'OIDC Core §3.1.3.3',
      }
    );
  }
  const wantsIdentity =
    scope.some((one) => one === 'profile' || one === 'email') || sentValue(situation, 'nonce') !== undefined;
  return (
    wantsIdentity && {
      cause: 'No ID token comes because the scope openid was not asked for.',
      why: 'profile, email or a nonce mean something only together with openid.',
      try: 'Add openid to the scope.',
      confidence: 'high',
      missing: 'id_token',
      source: 'OIDC Core §3.1.2.1',
      expected: shownValue(['openid', ...scope].join(' ')),
      received: shownValue(scope.join(' ')),
    }
  );
}

function smallerScope({ scope, grant }: Situation, granted: readonly string[] | null): Candidate {
  if (scope === null || granted === null || grant === 'refresh_token') return false;
  const missing = scope.filter((one) => !granted.includes(one) && one !== 'offline_access');
  // Some servers list the scopes of the API alone.
  const lists = missing.filter((one) => !['openid', 'profile', 'email', 'address', 'phone'].includes(one));
  return (
    lists.length > 0 && {
      cause: 'Less was granted than was asked for.',
      why: say`Not granted: ${shownValue(lists.join(' '))}. The server does not know it, does not allow it for the client or the person, or the person took it out.`,
      try: 'Have it allowed for the client, check its spelling, and ask for consent again.',
      missing: 'scope',
      source: 'RFC 6749 §3.3, §5.1',
      expected: shownValue(scope.join(' ')),
      received: shownValue(granted.join(' ')),
    }
  );
}

function missingRefreshToken(situation: Situation, refreshToken: string | null): Candidate {
  const { scope, grant } = situation;
  // Where nothing speaks of OpenID Connect, offline_access means nothing.
  if (refreshToken !== null || grant !== 'authorization_code' || scope?.includes('openid') !== true)
    return false;
  const source = 'OIDC Core §11; RFC 6749 §1.5';
  if (!scope.includes('offline_access')) {
    return {
      cause: 'No refresh token was granted, perhaps because offline_access was not asked for.',
      why: 'Many servers give one only for that scope, others by a setting of the client or for access_type=offline.',
      try: 'If one is wanted, add offline_access to the scope, and allow refresh tokens for the client.',
      confidence: 'low',
      missing: 'refresh_token',
      source,
    };
  }
  const prompts = sentValue(situation, 'prompt')?.split(/\s+/) ?? [];
  return situation.authorization !== null && !prompts.includes('consent')
    ? {
        cause: 'offline_access was ignored because the person was not asked to consent.',
        why: 'offline_access is in the scope, no refresh token came, and prompt=consent was not sent.',
        try: 'Send prompt=consent together with offline_access.',
        missing: 'refresh_token',
        source,
      }
    : {
        cause: 'The client may not have refresh tokens.',
        why: 'offline_access was asked for and no refresh token came.',
        try: 'Allow the refresh token grant and offline_access for the client at the server.',
        missing: 'refresh_token',
        source,
      };
}

function opaqueAccessToken(situation: Situation, accessToken: string | null): Candidate {
  const { authorization, token, scope } = situation;
  if (accessToken === null || authorization === null || scope?.includes('openid') !== true) return false;
  const parameters = [...authorization.parameters, ...(token?.parameters ?? [])];
  const names = ['resource', 'audience'].filter((name) => parameterValue(parameters, name) !== undefined);
  return (
    names.length === 0 &&
    // A redacted recording has a placeholder there.
    !isConcealed(accessToken) &&
    decodeJwt(accessToken).type === 'invalid' && {
      cause: 'The access token is opaque: no API was named that it is for.',
      why: 'Neither resource nor audience was sent; many servers then give a token that fits UserInfo alone, and a JWT only for a named API.',
      try: 'If an API is to take it, name the API with resource or audience (or with a scope of it), as the server wants it.',
      confidence: 'low',
      missing: 'claims',
      source: 'RFC 8707 §2; RFC 9068 §3',
    }
  );
}
