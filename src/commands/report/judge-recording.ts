import { judgeMessage } from '../../checks/judge-message.ts';
import { diagnoseMessage } from '../../diagnosis/diagnose-message.ts';
import type { Conversation, MessageKind } from '../../recording/message.ts';
import type { TraceOutcome } from '../../recording/trace.ts';
import { textOrNull } from '../../recording/trace-members.ts';

/** How a conversation ended that was saved in another way: its last refusal, with the likely causes, as `debug` tells. */
export function judgeRecording(conversation: Conversation, now: Date): TraceOutcome {
  const failed = conversation.messages
    .map((message) => ({ message, judged: judgeMessage(message, now) }))
    .findLast(({ judged }) => judged.outcome === 'error');
  if (failed === undefined) return { status: 'done' };
  const { message, judged } = failed;
  const error = textOrNull(judged.values.error) ?? textOrNull(judged.challenge?.error);
  const status = 'response' in message ? (message.response?.status ?? null) : null;
  const { code, step, who } = endings[message.kind] ?? endpointEnding;
  const diagnosis = diagnoseMessage(message, judged, conversation);
  return {
    status: 'failed',
    error: {
      code,
      step,
      message: `${who} answered with ${error ?? (status === null ? 'an error' : `status ${status}`)}.`,
      hint: null,
      exit_code: 3,
      oauth: {
        error,
        error_description: textOrNull(judged.values.error_description),
        error_uri: null,
        status,
      },
    },
    ...(diagnosis.length === 0 ? {} : { diagnosis }),
  };
}

interface Ending {
  readonly code: string;
  readonly step: string;
  readonly who: string;
}

const endpointEnding: Ending = { code: 'endpoint_error', step: 'request', who: 'The API' };

const authorization = {
  code: 'authorization_error',
  step: 'authorization',
  who: 'The authorization endpoint',
};

const endings: Partial<Record<MessageKind, Ending>> = {
  authorization_request: authorization,
  callback: authorization,
  token_response: { code: 'token_error', step: 'token', who: 'The token endpoint' },
  userinfo: { code: 'endpoint_error', step: 'userinfo', who: 'UserInfo' },
  metadata: { code: 'endpoint_error', step: 'discovery', who: 'The server' },
};
