import { describe, expect, it } from 'vitest';
import { judgeMessage } from '../../src/checks/judge-message.ts';
import { diagnoseMessage } from '../../src/diagnosis/diagnose-message.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { recogniseInput } from '../../src/recording/recognise-input.ts';

/** The causes of the last message that a pasted text has, the likeliest first. */
function causes(text: string): readonly string[] {
  const recognition = recogniseInput(text, 'test');
  if (recognition.type === 'unrecognised') return [];
  const conversation = sortConversation(recognition.events);
  const message = conversation.messages.at(-1);
  if (message === undefined) return [];
  return diagnoseMessage(message, judgeMessage(message, new Date(0)), conversation).map(({ cause }) =>
    String(cause),
  );
}

const answer = (error: string, error_description?: string) => JSON.stringify({ error, error_description });
const http = (status: string, body: string) => `HTTP/1.1 ${status}\nContent-Type: application/json\n\n${body}\n`;

describe('an error that was pasted', () => {
  it.each<[string, string, RegExp]>([
    [
      'Entra: a browser redeems for a redirect URI that is none of a single-page application',
      answer(
        'invalid_request',
        "AADSTS9002326: Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: 'https://spa.example.com'.",
      ),
      /redirect URI is not registered for a single-page application/,
    ],
    [
      'Entra: the same by its older code',
      answer(
        'invalid_request',
        "AADSTS90023: Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.",
      ),
      /redirect URI is not registered for a single-page application/,
    ],
    [
      'Entra: a public client with a secret, by the older code',
      answer('invalid_request', "AADSTS90023: Public clients can't send a client secret."),
      /client is public/,
    ],
    [
      'Entra: a backend redeems for a single-page application',
      answer(
        'invalid_request',
        "AADSTS9002327: Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
      ),
      /redirect URI is registered for a single-page application/,
    ],
    [
      'Entra: a browser redeems without PKCE',
      answer(
        'invalid_request',
        'AADSTS9002325: Proof Key for Code Exchange is required for cross-origin authorization code redemption.',
      ),
      /demands PKCE/,
    ],
  ])('%s', (_, text, cause) => {
    expect(causes(text)[0]).toMatch(cause);
  });
});
