import { describe, expect, it } from 'vitest';
import { CancelledError, ConfigError, InvalidResponseError, NetworkError } from '../../src/errors.ts';
import { fetchKeys } from '../../src/flows/fetch-keys.ts';
import { testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { type FakeAnswer, fakeConversation } from './fake-conversation.ts';

const jwksUri = 'https://example.com/jwks';
const { jwk } = testKey('ES256');

const fetchFrom = (answer: FakeAnswer) =>
  fetchKeys(fakeConversation({ [jwksUri]: answer }).conversation, jwksUri);

describe('fetching the key set', () => {
  it('is one GET that says what it can read', async () => {
    const { conversation, requests, events } = fakeConversation({ [jwksUri]: { json: { keys: [jwk] } } });
    expect(await fetchKeys(conversation, jwksUri)).toMatchObject({
      type: 'keys',
      keys: { keys: [{ kid: 'key-1' }] },
    });
    expect(requests).toEqual([
      { method: 'GET', url: jwksUri, headers: [['accept', 'application/jwk-set+json, application/json']] },
    ]);
    expect(events).toMatchObject([{ type: 'exchange', step: 'keys' }]);
  });

  it('asks nobody when the server publishes none', async () => {
    const { conversation, requests } = fakeConversation({});
    expect(await fetchKeys(conversation, undefined)).toEqual({ type: 'unpublished' });
    expect(requests).toEqual([]);
  });

  it.each<[string, FakeAnswer, RegExp]>([
    [
      'an error status',
      { status: 503, body: JSON.stringify({ keys: [jwk] }) },
      /^https:\/\/example\.com\/jwks answered with status 503\.$/,
    ],
    ['a redirect', { status: 302, headers: [['location', '/elsewhere']] }, /answered with status 302/],
    ['a web page', { status: 200, body: '<html></html>' }, /^https:\/\/example\.com\/jwks: /],
    ['no keys', { json: { error: 'not found' } }, /^https:\/\/example\.com\/jwks: /],
    [
      'no connection',
      new NetworkError('network', 'Nothing accepts connections.'),
      /^Nothing accepts connections\.$/,
    ],
    ['too much', new InvalidResponseError('The answer is too large.'), /^The answer is too large\.$/],
    ['an address that cannot be asked', new ConfigError('It is not a URL.'), /^It is not a URL\.$/],
  ])('brings none, and why, for %s', async (_, answer, problem) => {
    expect(await fetchFrom(answer)).toEqual({ type: 'none', problem: expect.stringMatching(problem) });
  });

  it.each([new CancelledError('SIGINT'), new TypeError('a bug')])('does not hide %s', async (error) => {
    await expect(fetchFrom(error)).rejects.toBe(error);
  });
});
