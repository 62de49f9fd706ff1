import type { FlowStep } from '../client/middleware.ts';
import { ErrorResponseError, InvalidResponseError } from '../errors.ts';
import { type HttpResponse, headerValue } from '../http-message.ts';
import { challengeParameter, readChallenges, tokenChallenge } from '../protocol/challenge.ts';
import type { ErrorMembers } from '../protocol/error-members.ts';
import { urlWithoutValues } from '../protocol/parameters.ts';
import { own, say } from '../say.ts';

/**
 * The error for an answer that is not what an endpoint was asked for: what the server says in the body, else in its
 * challenge (RFC 6749 §5.2, RFC 6750 §3); when it says nothing, the status tells who is at fault.
 * @param endpoint what to call the endpoint, such as `The UserInfo endpoint`
 */
export function endpointError(
  endpoint: string,
  step: FlowStep,
  response: HttpResponse,
  { error = null, errorDescription = null, errorUri = null }: Partial<ErrorMembers>,
): ErrorResponseError | InvalidResponseError {
  const { status, headers } = response;
  const challenge = tokenChallenge(readChallenges(headers));
  const said = (name: string) => (challenge === undefined ? null : challengeParameter(challenge, name));
  const code = error ?? said('error');
  if (code !== null || status === 401 || status === 403) {
    const oauth = {
      error: code,
      error_description: errorDescription ?? said('error_description'),
      error_uri: errorUri ?? said('error_uri'),
      status,
    };
    const what = code === null ? say`status ${status} and no error code` : code;
    return new ErrorResponseError('endpoint_error', say`${endpoint} refused the request: ${what}.`, oauth, {
      step,
    });
  }
  const location = headerValue(headers, 'location');
  if (status >= 300 && status < 400) {
    return new InvalidResponseError(say`${endpoint} answered with a redirect (status ${status}).`, {
      step,
      hint: say`Redirects are not followed with a token. It points to ${urlWithoutValues(location ?? 'nowhere')}: is the endpoint right?`,
    });
  }
  return new InvalidResponseError(
    say`${endpoint} answered with status ${status} and nothing that can be read.`,
    {
      step,
      hint:
        status >= 500
          ? own('The server failed. Its log may say more; -v shows the whole answer.')
          : own('Check the URL of the endpoint; -v shows the whole answer.'),
    },
  );
}
