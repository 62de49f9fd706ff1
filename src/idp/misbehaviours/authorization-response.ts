import { misbehavioursOf } from './misbehaviour.ts';
import type { Script } from './scripted-server.ts';

const foreign = 'a-state-of-another-login';

const metadataWithoutIss: Script['metadata'] = ({
  authorization_response_iss_parameter_supported: _,
  ...rest
}) => rest;

/** Authorization responses after which a login must not go on (RFC 6749 §4.1.2, RFC 9207 §2.4). */
export const refusedAnswers = misbehavioursOf(
  { prefix: 'answer', noun: 'an authorization response', reaction: 'refuse', section: 'RFC 6749 §4.1.2' },
  [
    [
      'iss-another-issuer',
      'whose iss is another issuer',
      { answer: (sound) => ({ ...sound, iss: 'https://evil.example' }) },
      ['iss'],
    ],
    [
      'iss-slash-more',
      'whose iss has a slash more',
      { answer: (sound) => ({ ...sound, iss: `${sound.iss}/` }) },
      ['iss'],
    ],
    [
      'unadvertised-iss',
      'whose iss is wrong though not advertised',
      { answer: (sound) => ({ ...sound, iss: 'https://evil.example' }), metadata: metadataWithoutIss },
      ['iss'],
    ],
    [
      'without-iss-advertised',
      'without the iss that is advertised',
      { answer: ({ iss: _, ...rest }) => rest },
      ['iss'],
    ],
    [
      'unasked-state',
      'with a state though none was sent',
      { answer: (sound) => ({ ...sound, state: foreign }) },
      ['state'],
      ['--state', 'off'],
    ],
    ['empty-iss', 'with an empty iss', { answer: (sound) => ({ ...sound, iss: '' }) }, ['iss']],
    [
      'two-codes',
      'with two codes',
      { answer: (sound) => `${new URLSearchParams(sound)}&code=another` },
      ['callback-parameter-repeated'],
    ],
    [
      'two-states',
      'with two states',
      { answer: (sound) => `${new URLSearchParams(sound)}&state=${foreign}` },
      ['callback-parameter-repeated'],
    ],
    [
      'same-state-twice',
      'with the same state twice',
      { answer: (sound) => `${new URLSearchParams(sound)}&state=${sound.state}` },
      ['callback-parameter-repeated'],
    ],
    [
      'two-iss',
      'with two iss',
      { answer: (sound) => `${new URLSearchParams(sound)}&iss=https://evil.example` },
      ['callback-parameter-repeated'],
    ],
  ],
);

/** Authorization responses that may belong to another login (RFC 6749 §10.12). */
export const ignoredAnswers = misbehavioursOf(
  { prefix: 'answer', noun: 'an authorization response', reaction: 'ignore', section: 'RFC 6749 §10.12' },
  [
    [
      'foreign-state',
      'with a foreign state',
      { answer: (sound) => ({ ...sound, state: foreign }) },
      ['state-mismatch'],
    ],
    [
      'empty-state',
      'with an empty state',
      { answer: (sound) => ({ ...sound, state: '' }) },
      ['state-mismatch'],
    ],
    ['without-state', 'without the state', { answer: ({ state: _, ...rest }) => rest }, ['state-missing']],
    [
      'error-foreign-state',
      'that is an error with a foreign state',
      { answer: () => ({ error: 'access_denied', state: foreign }) },
      ['state-mismatch'],
    ],
    [
      'without-code-and-error',
      'without code and error',
      { answer: ({ state = '' }) => ({ state }) },
      ['authorization-response'],
    ],
  ],
);
