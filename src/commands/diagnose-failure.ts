import { diagnoseChecks } from '../diagnosis/check-evidence.ts';
import { diagnoseError } from '../diagnosis/diagnose.ts';
import { type Diagnosed, undiagnosed } from '../diagnosis/diagnosis.ts';
import { type Answer, gatherSituation } from '../diagnosis/situation.ts';
import {
  ErrorResponseError,
  InvalidResponseError,
  type NamedError,
  NetworkError,
  ValidationError,
} from '../errors.ts';
import { recordedEvent } from '../flows/recorded-event.ts';
import { type Conversation, sortConversation } from '../recording/conversation.ts';
import { checksOfRun, type Journal } from './journal.ts';

/** The likely causes of a run that failed, from what was sent, received and checked in it. */
export function diagnoseFailure(error: NamedError, journal: Journal): Diagnosed {
  const conversation = conversationOf(journal);
  const { given } = journal;
  if (error instanceof ValidationError) return diagnoseChecks(checksOfRun(journal), { conversation, given });
  if (error instanceof ErrorResponseError) {
    const { error: code, error_description: description, status } = error.oauth;
    return diagnose({ endpoint: endpointOf(error), error: code, description, status }, conversation, given);
  }
  if (error instanceof InvalidResponseError && error.step === 'token') {
    return diagnose({ endpoint: 'token', error: null, description: null, status: null }, conversation, given);
  }
  return error instanceof NetworkError && error.step === 'authorization'
    ? diagnosePage(journal)
    : undiagnosed;
}

/** Why the server shows an error in the browser, from its own words; none where its page was not read. */
export function diagnosePage(journal: Journal): Diagnosed {
  const { page, given } = journal;
  if (page === undefined) return undiagnosed;
  const { error, words: description, response } = page;
  const conversation = conversationOf(journal);
  const message = conversation.messages.findLast(({ kind }) => kind === 'authorization_request');
  const answer: Answer = { endpoint: 'authorization', error, description, status: response.status, response };
  return diagnoseError(gatherSituation(answer, conversation, 'login', message, given));
}

function conversationOf(journal: Journal): Conversation {
  // Their order says when they were: only a request without an answer would need the clock, and it proves nothing.
  return sortConversation(
    journal.events.flatMap((event) =>
      event.type === 'request-failed' ? [] : (recordedEvent(event, 0, new Date(0)) ?? []),
    ),
  );
}

function endpointOf({ code, step }: ErrorResponseError): Answer['endpoint'] {
  if (code === 'authorization_error') return 'authorization';
  if (code === 'token_error') return 'token';
  if (step === 'par' || step === 'registration') return step;
  return step === 'userinfo' || step === 'request' ? 'resource' : 'other';
}

/** The response is the last one of its kind. */
function diagnose(answer: Answer, conversation: Conversation, given: Journal['given']): Diagnosed {
  const kinds = {
    authorization: 'callback',
    token: 'token_response',
    resource: 'userinfo',
    discovery: 'metadata',
    par: 'authorization_request',
    registration: undefined,
    other: 'device_response backchannel_response',
  };
  const message = conversation.messages.findLast(({ kind }) =>
    kinds[answer.endpoint]?.split(' ').includes(kind),
  );
  const response = message !== undefined && 'response' in message ? message.response : null;
  const status = answer.status ?? response?.status ?? null;
  return diagnoseError(
    gatherSituation({ ...answer, response, status }, conversation, 'login', message, given),
  );
}
