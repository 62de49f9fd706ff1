import { describe, expect, it } from 'vitest';
import { createJournal } from '../../src/commands/journal.ts';
import { createRunRedactor } from '../../src/commands/run-redactor.ts';
import type { FlowEvent } from '../../src/flows/conversation.ts';
import {
  buildClientAuthentication,
  type ClientAuthenticationMethod,
} from '../../src/protocol/client-authentication.ts';
import { encodeForm } from '../../src/protocol/parameters.ts';

const clientId = 'billing service+1';
const clientSecret = `${clientId}-2026`;

function requestWith(method: ClientAuthenticationMethod): FlowEvent {
  const place = { audience: 'https://a.example', now: new Date() };
  const { headers, parameters } = buildClientAuthentication(
    method,
    { clientId, clientSecret, hasCertificate: false },
    place,
  );
  const type = ['content-type', 'application/x-www-form-urlencoded'] as const;
  const request = {
    method: 'POST' as const,
    url: 'https://a.example/token',
    headers: [...headers, type],
    body: encodeForm(parameters),
  };
  const response = { status: 401, statusText: '', headers: [], body: '' };
  return { type: 'exchange', step: 'token', exchange: { request, response, durationMs: 1 } } as never;
}

describe('the client id', () => {
  it.each([
    ['sent with client_secret_basic', { events: [requestWith('client_secret_basic')] }],
    ['sent with client_secret_post', { events: [requestWith('client_secret_post')] }],
    ['sent with client_secret_jwt', { events: [requestWith('client_secret_jwt')] }],
    ['configured and not yet sent', { open: [clientId] }],
  ])('is shown when %s, and the secret that begins with it is not', (_, known) => {
    const secrets = [{ kind: 'client_secret', value: clientSecret }];
    const { redact } = createRunRedactor({ ...createJournal(), ...known, secrets });
    expect(redact(`unknown client ${clientId}`)).toBe(`unknown client ${clientId}`);
    expect(redact(`unknown client ${clientSecret}`)).toBe('unknown client ‹client_secret›');
  });
});
