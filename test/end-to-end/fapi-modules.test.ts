import { decodeJwt } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { signedToken } from '../../src/idp/misbehaviours/forged-token.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { misbehaviours } from '../../src/idp/misbehaviours.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { everyCase } from '../every-case.ts';
import { type FapiVariant, fapiClient } from './fapi-server.ts';
import { loginAgainst, objectionsIn, refusalOf, resultOf } from './scripted-login.ts';

/**
 * The modules of the client test plans of the OpenID Foundation, `fapi2-security-profile-final-client-test-plan` and
 * `fapi2-message-signing-final-client-test-plan`, in their order and without the `fapi2-security-profile-final-client-`
 * before each name: the row of the scripted server that does what the module does, the check that stops the login or
 * null where it has to go on, and the variants that the module is for.
 */
type Where = (variant: FapiVariant) => boolean;
const always: Where = () => true;
const oidc: Where = ({ type }) => type === 'oidc';
const dpop: Where = ({ sender }) => sender === 'dpop';
const jarm: Where = (variant) => variant.jarm;
const plain: Where = (variant) => !variant.jarm;

const modules: readonly (readonly [name: string, row: string | null, stops: string | null, where: Where])[] =
  [
    ['test-happy-path', null, null, always],
    ['test-discovery-issuer-mismatch', 'metadata-another-issuer', 'metadata-issuer', always],
    ['test-invalid-iss', 'id-token-another-issuer', 'id-token-iss', oidc],
    ['test-invalid-aud', 'id-token-for-another-client', 'id-token-aud', oidc],
    ['test-invalid-secondary-aud', 'id-token-further-audience', 'id-token-aud', oidc],
    ['test-invalid-null-alg', 'id-token-not-signed', 'fapi-algorithm', oidc],
    ['test-invalid-alternate-alg', 'id-token-unregistered-alg', 'fapi-algorithm', oidc],
    ['test-invalid-expired-exp', 'id-token-expired', 'id-token-exp', oidc],
    ['test-invalid-missing-exp', 'id-token-without-exp', 'id-token-exp', oidc],
    ['test-invalid-missing-aud', 'id-token-without-aud', 'id-token-aud', oidc],
    ['test-invalid-missing-iss', 'id-token-without-iss', 'id-token-iss', oidc],
    ['test-valid-aud-as-array', 'unusual-aud-array', null, oidc],
    ['test-invalid-nonce', 'id-token-another-nonce', 'id-token-nonce', oidc],
    ['test-invalid-missing-nonce', 'id-token-without-nonce', 'id-token-nonce', oidc],
    ['test-invalid-authorization-response-iss', 'answer-iss-another-issuer', 'iss', plain],
    ['test-remove-authorization-response-iss', 'answer-without-iss-advertised', 'iss', plain],
    [
      'test-ensure-authorization-response-with-invalid-state-fails',
      'answer-foreign-state',
      'state-mismatch',
      always,
    ],
    [
      'test-ensure-authorization-response-with-invalid-missing-state-fails',
      'answer-without-state',
      'state-missing',
      always,
    ],
    ['test-token-endpoint-response-without-expires_in', 'token-response-without-expires-in', null, always],
    ['test-token-type-case-insensitivity', 'unusual-token-type-case', null, always],
    [
      'test-rs-dpop-auth-scheme-case-insensitivity',
      'unusual-dpop-scheme-case',
      null,
      (variant) => dpop(variant) && oidc(variant),
    ],
    ['test-happy-path-no-dpop-nonce', 'without nonces', null, dpop],
    ['test-happy-path-no-mtls-endpoint-aliases', 'without aliases', null, always],
    ['test-ensure-jarm-without-iss-fails', 'response-jwt-without-issuer', 'jarm-iss', jarm],
    ['test-ensure-jarm-with-invalid-iss-fails', 'response-jwt-foreign-issuer', 'jarm-iss', jarm],
    ['test-ensure-jarm-without-aud-fails', 'response-jwt-without-audience', 'jarm-aud', jarm],
    ['test-ensure-jarm-with-invalid-aud-fails', 'response-jwt-foreign-audience', 'jarm-aud', jarm],
    ['test-ensure-jarm-without-exp-fails', 'response-jwt-without-expiry', 'jarm-exp', jarm],
    ['test-ensure-jarm-with-expired-exp-fails', 'response-jwt-expired', 'jarm-exp', jarm],
    ['test-ensure-jarm-with-invalid-sig-fails', 'response-jwt-foreign-key', 'jarm-signature', jarm],
    ['test-ensure-jarm-signature-is-not-none', 'response-jwt-unsigned', 'jarm-signature', jarm],
    // For profiles of single countries, and for grant management: neither is a variant of plain FAPI.
    ['refresh-token-test', null, null, () => false],
    ['test-grant-management-happy-path', null, null, () => false],
    ['test-grant-management-query-and-revoke', null, null, () => false],
    ['test-grant-management-invalid-grant-id-fails', null, null, () => false],
  ];

const allVariants = (['private_key_jwt', 'mtls'] as const).flatMap((auth) =>
  (['dpop', 'mtls'] as const).flatMap((sender) =>
    (['oidc', 'plain_oauth'] as const).flatMap((type) =>
      [false, true].map((isJarm): FapiVariant => ({ auth, sender, type, jarm: isJarm })),
    ),
  ),
);

/** One choice of each kind is changed against the next: half of the variants show any three choices together. */
const variants = allVariants.filter(
  ({ auth, sender, type, jarm: isJarm }) =>
    everyCase ||
    [auth === 'mtls', sender === 'mtls', type === 'oidc', isJarm].filter((is) => is).length % 2 === 0,
);

const client = fapiClient();
afterAll(client.remove);

/** What a module changes of the sound server; the happy paths that leave something out are here. */
function changesOf(row: string | null, { auth, sender }: FapiVariant, sound: Script): Script {
  switch (row) {
    case null:
      return {};
    case 'without nonces':
      return {
        before: (request) => (request.headers.dpop === undefined ? sound.before?.(request) : undefined),
      };
    case 'without aliases':
      return {
        metadata({ mtls_endpoint_aliases, ...sound }) {
          const aliases = Object.entries(mtls_endpoint_aliases ?? {});
          const behindTls = aliases.filter(
            ([name]) =>
              auth === 'mtls' || (sender === 'mtls' && name !== 'pushed_authorization_request_endpoint'),
          );
          return { ...sound, ...Object.fromEntries(behindTls) };
        },
      };
  }
  const found = misbehaviours.find(({ id }) => id === row);
  if (found === undefined) throw new Error(`There is no row ${row}.`);
  return found.script;
}

/** Where the answer comes in a JWT, its parameters are changed there. */
function asJwt({ answer, ...rest }: Script, { jarm: isJarm }: FapiVariant): Script {
  if (answer === undefined || !isJarm) return { ...rest, ...(answer && { answer }) };
  return {
    ...rest,
    responseJwt: ({ header, claims: { aud, exp, ...parameters }, key }) =>
      signedToken(header, { aud, exp, ...(answer(parameters as never) as object) } as JsonObject, key),
  };
}

describe.concurrent.each(variants)(
  'a client with $auth, tokens bound by $sender, $type, JARM $jarm',
  (variant) => {
    const sound = client.script(variant);
    const stepsBefore = { metadata: ['discovery'], answer: ['discovery', 'par', 'authorize'] };

    it.each(modules.flatMap(([name, row, stops, where]) => (where(variant) ? [{ name, row, stops }] : [])))(
      '$name: stops at $stops',
      async ({ row, stops }) => {
        const changes = asJwt(changesOf(row, variant, sound), variant);
        const script: Script = {
          ...sound,
          ...changes,
          metadata: (own) => {
            const base = sound.metadata?.(own) ?? own;
            return changes.metadata?.(base) ?? base;
          },
        };
        const waits = stops?.startsWith('state-') === true ? ['--browser-timeout', '2'] : [];
        const login = await loginAgainst(script, {
          args: [...client.args(variant), ...waits],
          afterKeys: variant.type === 'oidc',
        });
        if (stops !== null) {
          expect(refusalOf(login)).toMatchObject({ status: 6, check: stops });
          const last = stops.startsWith('metadata') ? stepsBefore.metadata : stepsBefore.answer;
          const isIdToken = /^id-token|^fapi/.test(stops);
          expect(new Set(login.seen.filter((endpoint) => endpoint !== 'keys'))).toEqual(
            new Set(isIdToken ? [...stepsBefore.answer, 'token'] : last),
          );
        } else {
          const { checks, userinfo } = resultOf(login);
          const warned = misbehaviours.find(({ id }) => id === row)?.checks ?? [];
          const ofDecoys = variant.type === 'oidc' ? ['jwks-keys'] : [];
          expect(objectionsIn(checks)).toEqual([...warned, ...ofDecoys]);
          expect(userinfo === null).toBe(variant.type === 'plain_oauth');
        }
        expect(login.complaints).toEqual([]);
        requireProfile(login.server.requests, login.server.issuer, variant);
      },
    );
  },
);

/** What a module wants of each request that it sees. */
function requireProfile(
  requests: Awaited<ReturnType<typeof loginAgainst>>['server']['requests'],
  issuer: string,
  { auth, sender }: FapiVariant,
): void {
  for (const { endpoint, body, headers, thumbprint, url } of requests) {
    const form = new URLSearchParams(body);
    if (endpoint === 'authorize') expect([...url.searchParams.keys()]).toEqual(['client_id', 'request_uri']);
    if (auth === 'private_key_jwt' && ['par', 'token'].includes(endpoint))
      expect(decodeJwt(form.get('client_assertion') ?? '').aud).toBe(issuer);
    if (endpoint === 'token') {
      expect(headers.dpop !== undefined).toBe(sender === 'dpop');
      expect(thumbprint !== undefined).toBe(auth === 'mtls' || sender === 'mtls');
    }
    if (endpoint === 'par') expect(form.get('code_challenge_method') ?? 'S256').toBe('S256');
  }
}
