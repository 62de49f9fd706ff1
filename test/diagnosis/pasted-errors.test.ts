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
const http = (status: string, body: string) =>
  `HTTP/1.1 ${status}\nContent-Type: application/json\n\n${body}\n`;

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
    [
      'a pushed request that has expired, of which no request is known',
      http('400 Bad Request', answer('invalid_request_uri', 'request_uri is invalid or expired')),
      /^The request URI was used before/,
    ],
    [
      'the same by a general code',
      http('400 Bad Request', answer('invalid_request', 'The request_uri has expired')),
      /^The request URI was used before/,
    ],
    [
      'the same by a general code at the callback',
      'https://app.example/cb?error=invalid_request&error_description=The+request_uri+has+already+been+used&state=abc',
      /^The request URI was used before/,
    ],
    [
      'a device that asks before the person is done',
      http('400 Bad Request', answer('authorization_pending')),
      /^The person has not finished/,
    ],
    [
      'a device that asks too often',
      http('400 Bad Request', answer('slow_down')),
      /^The client asks too often/,
    ],
    [
      'a client that is unknown where a device asks',
      `curl -i https://as.example/device/code -d client_id=tv\n${http('400 Bad Request', answer('invalid_client_id'))}`,
      /^The server does not know this client/,
    ],
    [
      'Hydra: a state that is too short',
      'http://127.0.0.1:5555/callback?error=invalid_state&error_description=The+state+is+missing+or+does+not+have+enough+characters+and+is+therefore+considered+too+weak.+Request+parameter+%27state%27+must+be+at+least+be+8+characters+long+to+ensure+sufficient+entropy.&state=abc',
      /^state is missing or too short/,
    ],
    [
      'Hydra: a nonce that is too short',
      "http://127.0.0.1:5555/callback?error=insufficient_entropy&error_description=The+request+used+a+security+parameter+with+insufficient+entropy.+Parameter+'nonce'+is+set+but+does+not+satisfy+the+minimum+entropy+of+8+characters.&state=abcdefgh",
      /^nonce is missing or too short/,
    ],
  ])('%s', (_, text, cause) => {
    const found = causes(text);
    expect(found[0]).toMatch(cause);
    // No API was asked, and no request object was sent.
    expect(found.join()).not.toMatch(/access token was sent|request object/);
  });
});
