import { type Judged, judgeMessage } from '../../checks/judge-message.ts';
import { diagnoseMessage } from '../../diagnosis/diagnose-message.ts';
import { type Diagnosed, membersOf } from '../../diagnosis/diagnosis.ts';
import { headerValue } from '../../http-message.ts';
import { mapStrings } from '../../json/exact-number.ts';
import { isJsonObject, type JsonValue } from '../../json/json.ts';
import { isSecretMember, isSecretParameter, type Secret } from '../../output/redact.ts';
import { type Parameters, parseForm } from '../../protocol/parameters.ts';
import { isPlaceholder } from '../../protocol/placeholder.ts';
import { isStructured, readResponseBody } from '../../protocol/response-body.ts';
import type { Conversation, Message, MessageKind } from '../../recording/conversation.ts';
import type { RecordedRun } from '../../recording/recognise-input.ts';
import { type Outcome, textOrNull } from '../../recording/recording.ts';
import { urlParameters } from '../../recording/url-input.ts';
import { secretsInText } from './secrets-in-text.ts';

/** A message with what was found in it. */
export interface JudgedMessage extends Diagnosed {
  readonly message: Message;
  readonly judged: Judged;
}

/**
 * Judges and diagnoses each message of a conversation that was saved, and tells how it ended: with its last refusal.
 * @param runs the recorded runs that it is of, whose own causes are better than those found here
 */
export function judgeConversation(
  conversation: Conversation,
  now: Date,
  runs: readonly RecordedRun[] = [],
): { readonly messages: readonly JudgedMessage[]; readonly outcome: Outcome } {
  const read = conversation.messages.map((message): JudgedMessage => {
    const judged = judgeMessage(message, now);
    return { message, judged, ...diagnoseMessage(message, judged, conversation) };
  });
  const last = read.findLast(({ judged }) => judged.outcome === 'error');
  const recorded = last && recordedCauses(runs);
  const messages = read.map((one) =>
    one === last && recorded !== undefined ? { ...one, ...recorded } : one,
  );
  const hasFailed =
    last !== undefined ||
    runs.some(({ outcome }) => outcome.status === 'failed') ||
    messages.some(({ diagnosis }) =>
      diagnosis.some(({ confidence, missing }) => confidence === 'high' && !missing),
    );
  return {
    messages: hasFailed ? messages.map(withoutWishes) : messages,
    outcome: last === undefined ? { status: 'done' } : endingWith(last),
  };
}

const oauthErrors: readonly (string | undefined)[] = ['authorization_error', 'token_error', 'endpoint_error'];

/**
 * The run knew the secrets that its trace hides: its causes are better than those found here. They belong to the last
 * error answer only where that answer ended the run; a check of ours or the network has causes of another kind.
 */
function recordedCauses(runs: readonly RecordedRun[]): Diagnosed | undefined {
  const { error, diagnosis, ruled_out = [] } = (runs.length === 1 && runs[0]?.outcome) || {};
  return diagnosis && oauthErrors.includes(error?.code) ? { diagnosis, ruled_out } : undefined;
}

/** Beside a failure, what else might have come is of no interest. */
function withoutWishes(judged: JudgedMessage): JudgedMessage {
  return { ...judged, diagnosis: judged.diagnosis.filter(({ missing }) => missing === undefined) };
}

function endingWith({ message, judged, diagnosis, ruled_out }: JudgedMessage): Outcome {
  const error = textOrNull(judged.values.error) ?? textOrNull(judged.challenge?.error);
  const status = 'response' in message ? (message.response?.status ?? null) : null;
  const [code, step, who] = endings[message.kind] ?? ['endpoint_error', 'request', 'The API'];
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
    ...membersOf({ diagnosis, ruled_out }),
  };
}

const atAuthorization = ['authorization_error', 'authorization', 'The authorization endpoint'] as const;

const endings: Readonly<Partial<Record<MessageKind, readonly [code: string, step: string, who: string]>>> = {
  authorization_request: atAuthorization,
  callback: atAuthorization,
  token_response: ['token_error', 'token', 'The token endpoint'],
  userinfo: ['endpoint_error', 'userinfo', 'UserInfo'],
  metadata: ['endpoint_error', 'discovery', 'The server'],
  device_response: ['endpoint_error', 'device_authorization', 'The device authorization endpoint'],
  backchannel_response: [
    'endpoint_error',
    'backchannel_authentication',
    'The backchannel authentication endpoint',
  ],
  registration: ['endpoint_error', 'registration', 'The registration endpoint'],
};

/** Every value of a conversation that may not be shown, by its name. */
export function secretsOf(conversation: Conversation): readonly Secret[] {
  return [
    ...conversation.messages.flatMap(secretsOfMessage).filter(isReal),
    ...quotedSecretsOf(conversation),
  ];
}

/** Secrets that are quoted in prose, which the JSON hides too. */
export function quotedSecretsOf({ messages }: Conversation): readonly Secret[] {
  return messages.flatMap(secretsQuoted).filter(isReal);
}

function isReal({ value }: Secret): boolean {
  return value !== '' && !isPlaceholder(value);
}

/** What a log, a page or a server quotes of secrets, wherever in a message it stands. */
function secretsQuoted(message: Message): readonly Secret[] {
  const { response = null } = 'response' in message ? message : {};
  // A message that went well quotes nothing, and a recording may hold many.
  if (
    message.quoted === undefined &&
    response &&
    (response.status ?? 200) < 300 &&
    !response.body?.includes('error')
  )
    return [];
  const found: Secret[] = [];
  mapStrings(message, (text) => {
    found.push(...secretsInText(text));
    return text;
  });
  return found;
}

function secretsOfMessage(message: Message): readonly Secret[] {
  switch (message.kind) {
    case 'authorization_request':
      return [
        ...fromParameters(message.sent.parameters),
        ...(message.pushedBy === undefined ? [] : fromTokenRequest(message.pushedBy)),
      ];
    case 'callback': {
      const { received } = message;
      const { query, fragment } = urlParameters(received.url);
      const more =
        received.method === 'POST' ? received.body : received.method === 'FRAGMENT' ? received.fragment : '';
      return fromParameters([...query, ...fragment, ...parseForm(more)], true);
    }
    case 'token_request':
      return fromTokenRequest(message.sent);
    case 'token_response':
      return [
        ...(message.sent === null ? [] : fromTokenRequest(message.sent)),
        ...fromBody(message.response.body),
      ];
    case 'userinfo':
    case 'device_response':
    case 'backchannel_response':
    case 'registration':
    case 'challenge':
      return [...fromCredentials(message.request?.headers ?? []), ...fromBody(message.response.body)];
    case 'metadata':
    case 'client_refusal':
    case 'failure':
      return [];
    case 'jwt':
      return [{ kind: 'jwt', value: message.text }];
  }
}

function fromTokenRequest({
  parameters,
  authentication,
}: Extract<Message, { kind: 'token_request' }>['sent']): readonly Secret[] {
  const { secret } = authentication;
  return [
    ...fromParameters(parameters),
    ...(secret === null ? [] : [{ kind: 'client_secret', value: secret }]),
  ];
}

function fromParameters(parameters: Parameters, codesByAnyName = false): readonly Secret[] {
  return parameters.flatMap(([name, value]) =>
    isSecretParameter(name) || (codesByAnyName && /code$/i.test(name) && !/^error/i.test(name))
      ? [{ kind: name, value }]
      : [],
  );
}

function fromCredentials(headers: Parameters): readonly Secret[] {
  const value = /^\S+\s+(\S+)/.exec(headerValue(headers, 'authorization') ?? '')?.[1];
  return value === undefined ? [] : [{ kind: 'access_token', value }];
}

/** Levels of a body that are searched: what is deeper is not shown. */
const deepest = 8;

function fromBody(body: string | null): readonly Secret[] {
  const reading = body === null ? undefined : readResponseBody(body);
  if (reading === undefined || !isStructured(reading)) return [];
  const found: Secret[] = [];
  const visit = (value: JsonValue, depth: number): void => {
    if (depth > deepest) return;
    if (Array.isArray(value)) for (const item of value) visit(item, depth + 1);
    if (!isJsonObject(value)) return;
    for (const [name, member] of Object.entries(value)) {
      const isSecret = isSecretMember(name) || name === 'token';
      if (isSecret && typeof member === 'string') found.push({ kind: name, value: member });
      else visit(member, depth + 1);
    }
  };
  visit(reading.document.value, 0);
  return found;
}
