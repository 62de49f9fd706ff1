import { type Conversation, tellRemark } from '../../flows/conversation.ts';
import { createLayout, joinLines } from '../../output/layout.ts';
import type { Redactor } from '../../output/redact.ts';
import { renderDiagnosis } from '../../output/render-diagnosis.ts';
import type { AuthorizationRequest } from '../../protocol/authorization-request.ts';
import type { Invocation } from '../command.ts';
import { diagnosePage } from '../diagnose-failure.ts';
import { readPage } from '../read-page.ts';
import { tellLine } from '../tell.ts';

/**
 * Reads the page that the browser may show, and tells it as it comes.
 * @param waits whether the login goes on: the likely causes are told now and not at its end
 * @returns whether it is an error
 */
export async function readPageOfLogin(
  request: AuthorizationRequest,
  conversation: Conversation,
  { context, journal }: Invocation,
  redactor: Redactor,
  signal: AbortSignal,
  waits: boolean,
): Promise<boolean> {
  const { type, said } = await readPage(request, conversation, journal, signal);
  signal.throwIfAborted();
  tellRemark(conversation, 'probe', said);
  const isError = type === 'error';
  if (!waits) return isError;
  const { stderr } = context.terminal;
  const [first] = redactor.redactJudged(diagnosePage(journal).diagnosis);
  if (first !== undefined) {
    const layout = createLayout(stderr);
    stderr.write(joinLines(['', ...renderDiagnosis(first, layout.bullet, layout), '']));
  }
  tellLine(stderr, 'oauth-code is still waiting; Ctrl-C ends it.');
  return isError;
}
