import { failing, faultsOf } from './misbehaviour.ts';
import { without } from './reply.ts';
import type { Script } from './scripted-server.ts';

const foreign = 'a-state-of-another-login';

const metadataWithoutIss = without('authorization_response_iss_parameter_supported');

const members = (change: Readonly<Record<string, string>>): Script => ({
  answer: (sound) => ({ ...sound, ...change }),
});
/** One parameter more at the end of the query. */
const further = (parameter: string): Script => ({
  answer: (sound) => `${new URLSearchParams(sound)}&${parameter}`,
});

/** Authorization responses after which a login must not go on (RFC 6749 §4.1.2, RFC 9207 §2.4). */
export const refusedAnswers = faultsOf(
  { prefix: 'answer', noun: 'an authorization response', reaction: 'refuse' },
  [
    ...failing('iss', [
      ['iss-another-issuer', 'whose iss is another issuer', members({ iss: 'https://evil.example' })],
      [
        'iss-slash-more',
        'whose iss has a slash more',
        { answer: (sound) => ({ ...sound, iss: `${sound.iss}/` }) },
      ],
      [
        'unadvertised-iss',
        'whose iss is wrong though not advertised',
        { ...members({ iss: 'https://evil.example' }), metadata: metadataWithoutIss },
      ],
      [
        'without-iss-advertised',
        'without the iss that is advertised',
        { answer: ({ iss: _, ...rest }) => rest },
      ],
    ]),
    [
      'unasked-state',
      'with a state though none was sent',
      members({ state: foreign }),
      ['state'],
      ['--state', 'off'],
    ],
    ['empty-iss', 'with an empty iss', members({ iss: '' }), ['iss']],
    ...failing('callback-parameter-repeated', [
      ['two-codes', 'with two codes', further('code=another')],
      ['two-states', 'with two states', further(`state=${foreign}`)],
      [
        'same-state-twice',
        'with the same state twice',
        { answer: (sound) => `${new URLSearchParams(sound)}&state=${sound.state}` },
      ],
      ['two-iss', 'with two iss', further('iss=https://evil.example')],
    ]),
  ],
);

/** Authorization responses that may belong to another login (RFC 6749 §10.12). */
export const ignoredAnswers = faultsOf(
  { prefix: 'answer', noun: 'an authorization response', reaction: 'ignore' },
  [
    ['foreign-state', 'with a foreign state', members({ state: foreign }), ['state-mismatch']],
    ['empty-state', 'with an empty state', members({ state: '' }), ['state-mismatch']],
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
