import { isHttpUrl, isSuccessStatus } from '../http-message.ts';
import { isJsonObject, type JsonObject, parsePlainJson, textListMember } from '../json/json.ts';
import { actionOf, type RegistrationReading, registrationActions } from '../protocol/registration.ts';
import type { RecordedRequest } from '../recording/recording.ts';
import { isSameOrigin, splitUrl } from '../recording/url-input.ts';
import { own, say } from '../say.ts';
import {
  comparedWith,
  fail,
  finding,
  type Judgement,
  pass,
  skip,
  underId,
  unlessViolated,
  type Verdict,
  warn,
} from './check-result.ts';
import { findJsonDeviations } from './representation.ts';
import { momentText, shownValue } from './shown-value.ts';

/** Judges the description of a client: its form, and whether it is what was asked for (RFC 7591 §3.2.1). */
export function judgeRegistration(
  request: Pick<RecordedRequest, 'method' | 'url' | 'body'> | null,
  reading: RegistrationReading,
  now: Date,
  clientId?: string,
): Judgement[] {
  const { status } = reading.response;
  const form = findJsonDeviations(reading);
  if (reading.type === 'error')
    return isSuccessStatus(status)
      ? [...form, finding('registration-response', 'client_id is missing, or is not a text.')]
      : form;
  const { members } = reading;
  const sent = parsePlainJson(request?.body ?? '');
  const asked = isJsonObject(sent) ? sent : {};
  const action = actionOf(request?.method);
  const expected = registrationActions[action].status;
  const sound = underId(
    'registration-response',
    judgeDescription(expected, status, members, request?.url, clientId),
  );
  return [
    ...unlessViolated(sound, form),
    underId('registration-redirect-uri', judgeRedirectUris(members, asked)),
    underId('registration-auth-method', judgeMethod(action, members, asked)),
    underId('client-secret-expiry', judgeExpiry(members, now)),
    ...form,
  ];
}

function judgeDescription(
  expected: number,
  status: number,
  { client_id, registration_client_uri: uri }: JsonObject,
  url: string | undefined,
  clientId: string | undefined,
): Verdict {
  const compared = { expected: own(String(expected)), received: String(status) };
  if (clientId !== undefined && client_id !== clientId)
    return fail('The server describes another client.', comparedWith(clientId, client_id));
  if (status !== expected) return warn(say`The status is ${status}.`, compared);
  if (uri === undefined) return pass('The server describes the client.', compared);
  if (typeof uri !== 'string' || !isHttpUrl(uri))
    return warn('registration_client_uri is not an http or https URL.', { received: shownValue(uri) });
  return url === undefined || isSameOrigin(uri, url)
    ? pass('The server describes the client.', compared)
    : warn(
        'registration_client_uri is at another origin: the registration access token will be sent there.',
        comparedWith(splitUrl(url).origin, uri),
      );
}

function judgeRedirectUris(members: JsonObject, asked: JsonObject): Verdict {
  const wanted = textListMember(asked, 'redirect_uris');
  const received = textListMember(members, 'redirect_uris');
  if (wanted === undefined) return skip('No redirect URI was asked for.');
  const compared = { expected: shownValue(wanted), received: shownValue(members.redirect_uris) };
  if (received === undefined)
    return warn('The server does not say which redirect URIs are registered.', compared);
  const missing = wanted.filter((uri) => !received.includes(uri));
  if (missing.length > 0) return fail(say`Not registered: ${shownValue(missing)}.`, compared);
  const further = received.filter((uri) => !wanted.includes(uri));
  return further.length > 0
    ? warn(say`The server added ${shownValue(further)}: codes may be sent there too.`, compared)
    : pass('Those that were asked for are registered.', compared);
}

/** `client_secret_basic` is what a client is registered for that names no method (RFC 7591 §2). */
function judgeMethod(action: string, members: JsonObject, asked: JsonObject): Verdict {
  const wanted = asked.token_endpoint_auth_method;
  const received = members.token_endpoint_auth_method;
  const method = received ?? wanted ?? 'client_secret_basic';
  const compared = comparedWith(wanted === undefined ? null : shownValue(wanted), received);
  if (
    action === 'create' &&
    /^client_secret/.test(String(method)) &&
    typeof members.client_secret !== 'string'
  )
    return fail('The client is registered with a secret, and got none.', compared);
  if (wanted !== undefined && received === undefined)
    return warn('The server does not say how the client authenticates.', compared);
  return wanted !== undefined && wanted !== method
    ? warn('The server registered another method than was asked for.', compared)
    : pass(say`The client authenticates by ${shownValue(method)}.`, compared);
}

function judgeExpiry({ client_secret, client_secret_expires_at: expiresAt }: JsonObject, now: Date): Verdict {
  const compared = { received: shownValue(expiresAt) };
  if (client_secret === undefined) return skip('The client has no secret.');
  if (typeof expiresAt !== 'number' || expiresAt < 0)
    return warn('client_secret_expires_at is missing, or is not a number of seconds.', compared);
  if (expiresAt === 0) return pass('The secret does not expire.', compared);
  return expiresAt * 1000 > now.getTime()
    ? pass(say`The secret expires: ${own(momentText(expiresAt, now))}.`, compared)
    : fail(say`The secret has expired: ${own(momentText(expiresAt, now))}.`, compared);
}
