import { diagnoseChecks } from '../diagnosis/check-evidence.ts';
import { diagnoseError } from '../diagnosis/diagnose.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { type Answer, gatherSituation } from '../diagnosis/situation.ts';
import { ErrorResponseError, InvalidResponseError, type NamedError, ValidationError } from '../errors.ts';
import { recordedEvent } from '../flows/recorded-event.ts';
import { type Conversation, sortConversation } from '../recording/conversation.ts';
import { checksOfRun, type Journal } from './journal.ts';

/** The likely causes of a run that failed, from what was sent, received and checked in it. */
export function diagnoseFailure(error: NamedError, journal: Journal): readonly Diagnosis[] {
  // Their order says when they were: only a request without an answer would need the clock, and it proves nothing.
  const events = journal.events.flatMap((event) =>
    event.type === 'request-failed' ? [] : (recordedEvent(event, 0, new Date(0)) ?? []),
  );
  const conversation = sortConversation(events);
  const { given } = journal;
  if (error instanceof ValidationError) {
    return diagnoseChecks(checksOfRun(journal), { conversation, given });
  }
  if (error instanceof ErrorResponseError) {
    const { error: code, error_description: description, status } = error.oauth;
    return diagnose({ endpoint: endpointOf(error), error: code, description, status }, conversation, given);
  }
  if (error instanceof InvalidResponseError && error.step === 'token') {
    return diagnose({ endpoint: 'token', error: null, description: null, status: null }, conversation, given);
  }
  return [];
}

function endpointOf({ code, step }: ErrorResponseError): Answer['endpoint'] {
  if (code === 'authorization_error') return 'authorization';
  if (code === 'token_error') return 'token';
  return step === 'userinfo' || step === 'request' ? 'resource' : 'other';
}

/** The response is the last one of its kind. */
function diagnose(answer: Answer, conversation: Conversation, given: Journal['given']): readonly Diagnosis[] {
  const kinds = {
    authorization: 'callback',
    token: 'token_response',
    resource: 'userinfo',
    discovery: 'metadata',
    other: undefined,
  };
  const message = conversation.messages.findLast(({ kind }) => kind === kinds[answer.endpoint]);
  const response = message !== undefined && 'response' in message ? message.response : null;
  const status = answer.status ?? response?.status ?? null;
  return diagnoseError(
    gatherSituation({ ...answer, response, status }, conversation, 'login', message, given),
  );
}
