import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  challengeParameter,
  parseChallenges,
  readChallenges,
  tokenChallenge,
} from '../../src/protocol/challenge.ts';

describe('a WWW-Authenticate field', () => {
  it('is read as the example of RFC 9110 §11.6.1', () => {
    const field = 'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""';
    expect(parseChallenges(field)).toEqual([
      { scheme: 'Basic', token68: null, parameters: [['realm', 'simple']], wellFormed: true },
      {
        scheme: 'Newauth',
        token68: null,
        parameters: [
          ['realm', 'apps'],
          ['type', '1'],
          ['title', 'Login to "apps"'],
        ],
        wellFormed: true,
      },
    ]);
  });

  it('is read as the examples of RFC 6750 §3, RFC 9470 §3 and RFC 9728 §5.1', () => {
    const [expired] = parseChallenges(
      'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
    );
    expect(expired).toMatchObject({ scheme: 'Bearer', wellFormed: true });
    expect(expired?.parameters.map(([name]) => name)).toEqual(['realm', 'error', 'error_description']);
    const [stepUp] = parseChallenges(
      'Bearer error="insufficient_user_authentication", error_description="A different authentication level is required", acr_values="myACR"',
    );
    expect(stepUp?.parameters.at(-1)).toEqual(['acr_values', 'myACR']);
    const [metadata] = parseChallenges(
      'Bearer resource_metadata="https://resource.example.com/.well-known/oauth-protected-resource"',
    );
    expect(metadata?.parameters).toEqual([
      ['resource_metadata', 'https://resource.example.com/.well-known/oauth-protected-resource'],
    ]);
  });

  it.each([
    ['Negotiate YWJjZA==', [{ scheme: 'Negotiate', token68: 'YWJjZA==' }]],
    ['Negotiate, Bearer realm=x', [{ scheme: 'Negotiate', token68: null }, { scheme: 'Bearer' }]],
    ['Bearer', [{ scheme: 'Bearer', parameters: [], wellFormed: true }]],
    [
      ' , Bearer , , Basic realm=""',
      [{ scheme: 'Bearer' }, { scheme: 'Basic', parameters: [['realm', '']] }],
    ],
    ['Bearer REALM = "a, b=c"', [{ parameters: [['realm', 'a, b=c']], wellFormed: true }]],
    ['DPoP algs="ES256 PS256", error="use_dpop_nonce"', [{ scheme: 'DPoP', wellFormed: true }]],
  ])('is read: %s', (field, expected) => expect(parseChallenges(field)).toMatchObject(expected));

  it.each([
    [
      'Bearer error=invalid_token error_description="x"',
      [
        ['error', 'invalid_token'],
        ['error_description', 'x'],
      ],
    ],
    [
      'Bearer error=invalid_token, error_description=The token expired, scope=read',
      [
        ['error', 'invalid_token'],
        ['error_description', 'The token expired'],
        ['scope', 'read'],
      ],
    ],
    ['Bearer error="invalid_token', [['error', 'invalid_token']]],
    ['Bearer resource_metadata=https://api/x', [['resource_metadata', 'https://api/x']]],
    [
      'Bearer error="a", ?, scope="b"',
      [
        ['error', 'a'],
        ['scope', 'b'],
      ],
    ],
  ])('is read as it was meant although broken: %s', (field, parameters) => {
    expect(parseChallenges(field)).toEqual([
      { scheme: 'Bearer', token68: null, parameters, wellFormed: false },
    ]);
  });

  it('is read from each of several fields', () => {
    const challenges = readChallenges([
      ['WWW-Authenticate', 'Basic realm="x"'],
      ['proxy-authenticate', 'Bearer error="no"'],
      ['www-authenticate', 'Bearer'],
      ['Www-Authenticate', 'DPoP error="invalid_token"'],
    ]);
    expect(challenges.map(({ scheme }) => scheme)).toEqual(['Basic', 'Bearer', 'DPoP']);
    expect(tokenChallenge(challenges)?.scheme).toBe('DPoP');
  });

  it('gives the first value of a parameter that came twice, and none for an empty one', () => {
    const [challenge] = parseChallenges('Bearer scope="a", scope="b", error=""');
    if (challenge === undefined) throw new Error('There is a challenge.');
    expect(challengeParameter(challenge, 'scope')).toBe('a');
    expect(challengeParameter(challenge, 'error')).toBeNull();
  });

  it('is read to its end whatever it is', () => {
    const piece = fc.constantFrom('Bearer', ' ', ',', '=', '"', '\\', 'error', 'a b', '==', '\t', 'é', '?');
    const text = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (field) => {
        for (const { scheme, parameters } of parseChallenges(field)) {
          expect(scheme).not.toBe('');
          for (const [name] of parameters) expect(name).toBe(name.toLowerCase());
        }
      }),
    );
  });

  it('is read back as it was written', () => {
    const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const challenge = fc.record({
      scheme: token,
      parameters: fc.array(fc.tuple(token, fc.string({ maxLength: 12 })), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(challenge, { minLength: 1, maxLength: 3 }), (challenges) => {
        const field = challenges
          .map(({ scheme, parameters }) => {
            const pairs = parameters.map(([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`);
            return `${scheme} ${pairs.join(', ')}`;
          })
          .join(', ');
        expect(parseChallenges(field)).toEqual(
          challenges.map((one) => ({ ...one, token68: null, wellFormed: true })),
        );
      }),
    );
  });
});
