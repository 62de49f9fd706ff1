import { fapiAlgorithms } from '../checks/fapi.ts';
import { UsageError } from '../errors.ts';
import type { LoginSettings } from '../flows/login-settings.ts';
import type { SigningKey } from '../jose/jws.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { isLoopbackUrl } from '../protocol/redirect-uri.ts';
import { own, type Said, say } from '../say.ts';
import type { OptionReader } from './option-reader.ts';

/** The options with what the profile turns on by itself: pushed requests, and tokens bound to a key or certificate. */
export function withFapi(options: OptionReader): OptionReader {
  const source = '--fapi';
  const on = (name: string) => ({ name, values: ['1'], source });
  const isBound = options.text('cert') !== undefined;
  return options.with({ below: [on('par'), ...(isBound ? [] : [on('dpop')])] });
}

/** A rule: the section of the Security Profile, how a setting breaks it, and the way out. */
type Rule = readonly [
  section: string,
  broken: (settings: LoginSettings) => Said | false | undefined,
  hint: Said,
];

const methods: readonly (string | undefined)[] = [
  undefined,
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
];
const provenBy = own('Use --signing-key FILE for private_key_jwt, or --cert FILE with --key FILE for mTLS.');
/** Checks without which an attack that the profile rules out goes unnoticed. */
const needed = [
  'iss',
  'state',
  'metadata-issuer',
  'insecure-endpoint',
  'dpop-binding',
  'certificate-binding',
  'id-token-signature',
  'id-token-alg',
  'id-token-iss',
  'id-token-aud',
  'id-token-nonce',
];
const fixedParameters =
  /^(?:response_type|code_challenge|code_challenge_method|request|request_uri|dpop_jkt)$/;
const isPlain = (url: string) => /^http:/i.test(url) && !isLoopbackUrl(new URL(url));

const rules: readonly Rule[] = [
  [
    '5.3.3.1',
    ({ server }) =>
      (server.issuer === undefined || Object.keys(server.given).length > 0) &&
      own('endpoints come from elsewhere than the metadata of the issuer'),
    own('Give --issuer URL, and no endpoint.'),
  ],
  [
    '5.2.1',
    ({ server }) => isPlain(server.issuer ?? '') && own('the issuer is not an https URL'),
    own('Use its https address.'),
  ],
  [
    '5.3.2.2',
    ({ redirect }) => isPlain(redirect.uri) && own('the redirect URI is http and not on this machine'),
    own('Use a loopback or https redirect URI.'),
  ],
  [
    '5.3.3.1',
    ({ client: { credentials, method } }) =>
      (credentials.clientSecret !== undefined || !methods.includes(method)) &&
      own(`the client authenticates ${method === 'none' ? 'by nothing' : 'with a secret'}`),
    provenBy,
  ],
  [
    '5.3.3.1',
    ({ client: { credentials, assertionService } }) =>
      (credentials.signingKey ?? credentials.clientAssertion ?? assertionService) === undefined &&
      !credentials.hasCertificate &&
      own('the client has neither a key nor a certificate to authenticate with'),
    provenBy,
  ],
  [
    '5.3.3.1',
    ({ client: { assertionAudience = 'issuer' } }) =>
      assertionAudience !== 'issuer' && own('client assertions name another audience than the issuer'),
    own('Leave --assertion-audience out.'),
  ],
  [
    '5.3.3.1',
    ({ dpop, client }) =>
      dpop === undefined &&
      !client.credentials.hasCertificate &&
      own('tokens are bound neither to a key nor to a certificate'),
    own('Leave dpop on, or give --cert FILE with --key FILE.'),
  ],
  [
    '5.3.3.2',
    ({ delivery }) =>
      (delivery.pushed !== true || delivery.object?.hosted !== undefined) &&
      own('the authorization request is not pushed'),
    own('Leave out --no-par and --request-uri.'),
  ],
  [
    '5.3.3.2',
    ({ pkce, request }) =>
      (pkce !== 'S256' || request.overrides.some(({ name }) => fixedParameters.test(name))) &&
      own('PKCE with S256, or another parameter that the profile fixes, is changed'),
    own('Leave out --pkce, and --param for response_type, code_challenge, request and dpop_jkt.'),
  ],
  [
    '5.3.3',
    ({ waived }) => {
      const found = needed.filter((id) => waived.has(id));
      return found.length > 0 && own(`--no-verify lets ${found.join(', ')} only warn`);
    },
    own('Leave it out.'),
  ],
  [
    '5.4.1',
    ({ client: { credentials } }) =>
      credentials.signingKey !== undefined &&
      permitted(credentials.signingKey) === undefined &&
      own('the key of --signing-key signs with none of PS256, ES256 and EdDSA, or is too short'),
    own('Use an EC key on P-256, an Ed25519 key, or an RSA key of 2048 bits or more.'),
  ],
  [
    '5.4.1',
    ({ client: { credentials }, idToken, dpop }) => {
      const named = [
        credentials.signingAlg,
        idToken.registeredAlgorithm,
        dpop?.key && keyAlgorithm(dpop.key),
      ];
      const found = named.find((alg) => alg !== undefined && !fapiAlgorithms.includes(alg));
      return found !== undefined && say`the algorithm ${found} is not among PS256, ES256 and EdDSA`;
    },
    own('Give another --signing-alg, --id-token-alg or --dpop-key.'),
  ],
];

/**
 * The settings of a login that keeps to the profile; its keys sign with the algorithms of the profile alone.
 * @throws UsageError for a setting that the profile forbids, with the section that does (FAPI 2.0 Security Profile)
 */
export function requireFapi(settings: LoginSettings): LoginSettings {
  for (const [section, broken, hint] of rules) {
    const what = broken(settings);
    if (what) {
      throw new UsageError(
        say`FAPI 2.0 does not allow this: ${what} (FAPI 2.0 Security Profile §${own(section)}).`,
        { hint },
      );
    }
  }
  const { client, dpop } = settings;
  const { signingKey } = client.credentials;
  const key = dpop?.key;
  return {
    ...settings,
    fapi: true,
    client: {
      ...client,
      credentials: {
        ...client.credentials,
        ...(signingKey === undefined ? {} : { signingKey: permitted(signingKey) ?? signingKey }),
      },
    },
    ...(isJsonObject(key) ? { dpop: { key: { ...key, alg: keyAlgorithm(key) } } } : {}),
  };
}

/** The ways of a key to sign that the profile permits; undefined without any. */
function permitted({ others = [], ...first }: SigningKey): SigningKey | undefined {
  const [chosen, ...rest] = [first, ...others].filter(
    ({ algorithm, key }) =>
      fapiAlgorithms.includes(algorithm.name) &&
      key.asymmetricKeyType !== 'ed448' &&
      (key.asymmetricKeyDetails?.modulusLength ?? 2048) >= 2048,
  );
  return chosen && { ...chosen, others: rest };
}

/** The algorithm of a DPoP key; RSA keys that may choose sign with PS256. */
function keyAlgorithm({ alg, kty, crv }: JsonObject): string {
  const usual: Readonly<Record<string, string>> = {
    'P-256': 'ES256',
    'P-384': 'ES384',
    'P-521': 'ES512',
    Ed25519: 'EdDSA',
  };
  return String(alg ?? (kty === 'RSA' ? 'PS256' : (usual[String(crv)] ?? crv)));
}
