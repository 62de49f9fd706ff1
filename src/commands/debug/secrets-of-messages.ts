import { headerValue } from '../../http-message.ts';
import { isJsonObject, type JsonValue } from '../../json/json.ts';
import { isSecretMember, isSecretParameter, type Secret } from '../../output/redact.ts';
import { type Parameters, parseForm } from '../../protocol/parameters.ts';
import { isPlaceholder } from '../../protocol/placeholder.ts';
import { isStructured, readResponseBody } from '../../protocol/response-body.ts';
import type { Conversation, Message } from '../../recording/message.ts';
import { urlParameters } from '../../recording/url-input.ts';

/** Every value of a conversation that may not be shown, by its name. */
export function secretsOf({ messages }: Conversation): readonly Secret[] {
  const found = messages.flatMap(secretsOfMessage);
  return found.filter(({ value }) => value !== '' && !isPlaceholder(value));
}

function secretsOfMessage(message: Message): readonly Secret[] {
  switch (message.kind) {
    case 'authorization_request':
      return fromParameters(message.sent.parameters);
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
    case 'challenge':
      return [...fromCredentials(message.request?.headers ?? []), ...fromBody(message.response.body)];
    case 'metadata':
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
