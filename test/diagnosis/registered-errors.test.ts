import { describe, expect, it } from 'vitest';
import { diagnoseError } from '../../src/diagnosis/diagnose.ts';
import { type Answer, gatherSituation } from '../../src/diagnosis/situation.ts';
import { callbackErrorCodes, tokenErrorCodes } from '../../src/protocol/error-members.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { type RecordedEvent, savedExchange } from '../../src/recording/recording.ts';

const registered: Record<'authorization' | 'token' | 'resource', readonly string[]> = {
  authorization: [
    ...callbackErrorCodes,
    'unmet_authentication_requirements',
    // RFC 9396 §5, RFC 9449 §10.1
    'invalid_authorization_details',
    'invalid_dpop_proof',
    'use_dpop_nonce',
    // OpenID4VP 1.0 §8.5
    'vp_formats_not_supported',
    'invalid_request_uri_method',
    'wallet_unavailable',
  ],
  token: [
    ...tokenErrorCodes,
    // RFC 9396 §8
    'invalid_authorization_details',
    // OIDC CIBA Core §12, §13
    'expired_login_hint_token',
    'unknown_user_id',
    'missing_user_code',
    'invalid_user_code',
    'invalid_binding_message',
    'transaction_failed',
    // RFC 7009 §2.2.1
    'unsupported_token_type',
    // RFC 7591 §3.2.2
    'invalid_redirect_uri',
    'invalid_client_metadata',
    'invalid_software_statement',
    'unapproved_software_statement',
    // UMA 2.0 Grant §3.3.6
    'need_info',
    'request_denied',
    'request_submitted',
    // RFC 9200 §5.8.3
    'unsupported_pop_key',
    'incompatible_ace_profiles',
    // OpenID Federation 1.0 §8.9
    'invalid_issuer',
    'invalid_subject',
    'invalid_trust_anchor',
    'invalid_trust_chain',
    'invalid_metadata',
    'unsupported_parameter',
    // Of other endpoints, as token endpoints send them
    'interaction_required',
    'consent_required',
    'login_required',
    'invalid_token',
    'invalid_request_object',
  ],
  // RFC 6750 §3.1, RFC 9449 §7.1, RFC 9470 §3
  resource: [
    'invalid_request',
    'invalid_token',
    'insufficient_scope',
    'invalid_dpop_proof',
    'use_dpop_nonce',
    'insufficient_user_authentication',
  ],
};

const cases = Object.entries(registered).flatMap(([endpoint, errors]) =>
  errors.flatMap((error) =>
    (['login', 'debug'] as const).map(
      (voice) => [endpoint as keyof typeof registered, error, voice] as const,
    ),
  ),
);

const authorizationUrl = (more = '') =>
  `https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb&scope=openid%20admin${more}`;

function diagnose(
  answer: Partial<Answer> & Pick<Answer, 'endpoint'>,
  {
    captured = [],
    voice = 'login' as 'login' | 'debug',
    advertised = undefined as readonly string[] | undefined,
  } = {} as {
    captured?: readonly RecordedEvent[];
    voice?: 'login' | 'debug';
    advertised?: readonly string[] | undefined;
  },
) {
  const conversation = { ...sortConversation(captured), advertisedAuthMethods: advertised };
  return diagnoseError(
    gatherSituation({ error: null, description: null, status: null, ...answer }, conversation, voice),
  ).diagnosis;
}

const sent = (url: string): RecordedEvent => ({
  type: 'authorization_request',
  at_ms: 0,
  source: 'test',
  url,
  redirect_uri: '',
});

const tokenExchange = (authorization: string | undefined, body: string): RecordedEvent =>
  savedExchange({
    source: 'test',
    step: 'token',
    request: {
      method: 'POST',
      url: 'https://as.example/token',
      headers: authorization === undefined ? [] : [['Authorization', authorization]],
      body,
    },
    response: { status: 401, headers: [], body: '{"error":"invalid_client"}' },
  });

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const codeGrant = 'grant_type=authorization_code&code=abcdef&client_id=app';

describe('diagnoseError', () => {
  it.each(cases)('explains %s error %s in sentences (%s)', (endpoint, error, voice) => {
    // What a client is refused for shows in its request.
    const captured =
      error === 'invalid_client'
        ? [tokenExchange(basic('app:secret'), codeGrant)]
        : [sent(authorizationUrl())];
    const found = diagnose({ endpoint, error }, { voice, captured });
    expect(found.length).toBeGreaterThan(0);
    for (const { cause, why, try: remedy, source } of found) {
      for (const text of [cause, why, remedy]) expect(text).toMatch(/^[A-Z"a-z].*[.]$/);
      if (voice === 'debug') expect(remedy).not.toMatch(/--(?!as)[a-z]/);
      expect(source ?? 'RFC').toMatch(/RFC|OIDC|OpenID|UMA/);
    }
  });

  it.each([null, 'made_up', 'constructor', '__proto__'])('says nothing of %j', (error) => {
    expect(diagnose({ endpoint: 'token', error })).toEqual([]);
  });

  it.each<[string, readonly string[] | undefined, string, string]>([
    ['client_secret_basic', ['private_key_jwt'], 'high', 'does not take'],
    ['client_secret_basic', ['client_secret_basic', 'client_secret_post'], 'medium', 'secret is wrong'],
    ['client_secret_basic', undefined, 'medium', 'secret is wrong'],
    ['client_secret_post', undefined, 'medium', 'another authentication method'],
    [
      'client_secret_post',
      ['client_secret_basic', 'client_secret_post'],
      'medium',
      'another authentication method',
    ],
    ['client_secret_post', ['client_secret_post'], 'medium', 'secret is wrong'],
  ])(
    'of a client refused with %s where %j is advertised blames first: %s',
    (method, advertised, confidence, cause) => {
      const exchange =
        method === 'client_secret_basic'
          ? tokenExchange(basic('app:s3cret'), codeGrant)
          : tokenExchange(undefined, `${codeGrant}&client_secret=s3cret`);
      const [first] = diagnose(
        { endpoint: 'token', error: 'invalid_client' },
        { captured: [exchange], advertised },
      );
      expect(first).toMatchObject({ confidence, cause: expect.stringContaining(cause) });
    },
  );

  it('asks for a secret when the client sent none', () => {
    const [first] = diagnose(
      { endpoint: 'token', error: 'invalid_client' },
      { captured: [tokenExchange(undefined, codeGrant)] },
    );
    expect(first?.try).toContain('--client-secret-file');
  });

  it.each([
    ['with a line feed at its end', basic('app:s3cret\n'), 'white space', 'medium'],
    ['in quotes', basic('app:"s3cret"'), 'quotes', 'medium'],
    ['that is a variable', basic('app:$SECRET'), 'name of a variable', 'medium'],
    [
      'whose variable is not known',
      basic('app:‹$SECRET›'),
      'value of $SECRET is not in the command',
      'medium',
    ],
    ['that is empty', basic('app:'), 'empty', 'high'],
    ['without a colon', basic('app'), 'cannot be read', 'high'],
    ['that is not base64', 'Basic app:secret', 'cannot be read', 'high'],
  ])('sees a secret %s', (_, header, cause, confidence) => {
    const [first] = diagnose(
      { endpoint: 'token', error: 'invalid_client' },
      { captured: [tokenExchange(header, codeGrant)] },
    );
    expect(first).toMatchObject({ confidence, cause: expect.stringContaining(cause) });
  });

  it('blames prompt=none for an answer that needs a person', () => {
    const [first] = diagnose(
      { endpoint: 'authorization', error: 'login_required' },
      { captured: [sent(authorizationUrl('&prompt=none'))] },
    );
    expect(first).toMatchObject({ confidence: 'high', try: expect.stringContaining('--prompt none') });
    const [other] = diagnose({ endpoint: 'authorization', error: 'login_required' });
    expect(other?.try).toContain('--prompt login');
  });

  it.each([
    ['by itself', '?code=abcdef', 'The pasted text is not the code of this login, or it is incomplete.'],
    ['with its state', '?code=abcdef&state=s', 'The code has expired or was used before.'],
  ])('blames what was pasted when a code that was pasted %s is refused', (_, url, cause) => {
    const callback: RecordedEvent = {
      type: 'callback',
      source: 'test',
      at_ms: 0,
      method: 'PASTE',
      url,
      waited_ms: 0,
    };
    const sameRedirect = `${codeGrant}&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb`;
    const captured = [sent(authorizationUrl('&state=s')), callback, tokenExchange(undefined, sameRedirect)];
    const [first] = diagnose({ endpoint: 'token', error: 'invalid_grant' }, { captured });
    expect(first).toMatchObject({ cause, confidence: 'medium' });
    const [other] = diagnose({ endpoint: 'token', error: 'invalid_grant' }, { captured, voice: 'debug' });
    expect(other?.cause).toBe('The code has expired or was used before.');
  });

  it('names the scope that was asked for', () => {
    const [first] = diagnose(
      { endpoint: 'authorization', error: 'invalid_scope' },
      { captured: [sent(authorizationUrl())] },
    );
    expect(first?.why).toContain('openid, admin');
  });

  it.each([
    ['authorization', [sent(authorizationUrl().replace('&scope=openid%20admin', ''))], true],
    ['token', [tokenExchange(undefined, 'grant_type=client_credentials')], true],
    ['token', [tokenExchange(undefined, 'grant_type=client_credentials&scope=api')], false],
    ['token', [tokenExchange(undefined, 'grant_type=refresh_token&refresh_token=x')], false],
    ['token', [tokenExchange(undefined, codeGrant)], false],
    ['authorization', [], false],
    ['authorization', [tokenExchange(undefined, 'grant_type=client_credentials')], false],
    [
      'token',
      [
        sent(authorizationUrl().replace('&scope=openid%20admin', '')),
        tokenExchange(undefined, 'grant_type=client_credentials&scope=api'),
      ],
      false,
    ],
  ] as const)('tells of no scope where a request asked for none: %s %#', (endpoint, captured, isNone) => {
    const [first] = diagnose({ endpoint, error: 'invalid_scope' }, { captured });
    expect(first?.cause.startsWith('No scope was asked for')).toBe(isNone);
    expect(first).toMatchObject({ confidence: 'medium' });
  });
});
