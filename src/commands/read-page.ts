import type { Conversation } from '../flows/conversation.ts';
import { type ProbedAnswer, probeAuthorization } from '../flows/probe-authorization.ts';
import type { AuthorizationRequest } from '../protocol/authorization-request.ts';
import { own, recall, remember, type Said, say } from '../say.ts';
import type { Journal } from './journal.ts';

/**
 * Fetches the page of an authorization request without cookies, and notes an error for the diagnosis.
 * @returns what it came to, and in a sentence
 * @throws the reason of the signal
 */
export async function readPage(
  request: AuthorizationRequest,
  conversation: Conversation,
  journal: Journal,
  signal: AbortSignal,
): Promise<{ readonly type: ProbedAnswer['type']; readonly said: Said }> {
  const answer = await probeAuthorization(conversation, request, signal);
  const said = describe(answer);
  if (answer.type === 'error') journal.page = answer;
  if (/^(?:error|dead|circle)$/.test(answer.type)) journal.stuckAt = remember(said);
  return { type: answer.type, said };
}

function describe(answer: ProbedAnswer): Said {
  switch (answer.type) {
    case 'error': {
      const { error, words, response } = answer;
      const status = response.status < 400 ? own('') : say` (status ${response.status})`;
      const does = own(response.status < 500 ? 'refuses' : 'fails at');
      if (error === null && words === null)
        return say`The server ${does} the request${status}, and its page gives no readable reason.`;
      const code = error === null || words === null ? own('') : say`${error}: `;
      return say`The server ${does} the request${status} and says: "${code}${(words ?? error ?? '').replace(/\.$/, '')}".`;
    }
    case 'page': {
      const title = answer.words === null ? own('') : say` ("${answer.words}")`;
      return say`The server shows a page${title} without an error. The pages after the sign-in cannot be seen from here.`;
    }
    case 'empty':
      return say`The page of the server (status ${answer.response.status}) has no readable text.`;
    case 'granted':
      return own(
        'The server answers with a code at once, which was discarded: the request is in order. Does the answer get through to this machine?',
      );
    case 'elsewhere':
      return say`The server sends the browser on to ${answer.to}, which oauth-code does not follow.`;
    case 'circle':
      return own('The server redirects in a loop, and sets no cookie that could end it.');
    case 'dead':
      return answer.to === undefined
        ? say`The page could not be fetched: ${recall(answer.reason)}`
        : say`The server sends the browser on to ${answer.to}, which cannot be reached: ${recall(answer.reason)}`;
    case 'needs-cookies':
      return own(
        'The server sends the browser on to a page that needs its cookies, so it cannot be read from here.',
      );
    case 'unanswered':
      return say`The page could not be fetched: ${recall(answer.reason)}`;
  }
}
