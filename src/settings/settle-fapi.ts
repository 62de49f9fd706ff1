import { fapiAlgorithms } from '../checks/fapi.ts';
import { UsageError } from '../errors.ts';
import type { LoginSettings } from '../flows/login-settings.ts';
import { type SigningKey, waysToSign } from '../jose/jws.ts';
import { readSigningKey } from '../jose/key-file.ts';
import { isLoopbackUrl } from '../protocol/redirect-uri.ts';
import { own, type Said, say } from '../say.ts';
import type { FurtherSetting } from './setting-layers.ts';

/** The profiles that a login may keep to. */
type Fapi = NonNullable<LoginSettings['fapi']>;

/** What a profile turns on by itself; tokens are bound to a key by `wantsDpop`. */
export function fapiDefaults(fapi: Fapi): readonly FurtherSetting[] {
  const set = (name: string, value = '1') => ({ name, values: [value], source: '--fapi' });
  const signing = fapi === '2' ? [] : [set('request-object'), set('response-mode', 'jwt')];
  return [set('par'), ...signing];
}

/** A rule: the section of the profile, how a setting breaks it, and the way out. */
type Rule = readonly [
  section: string,
  broken: (settings: LoginSettings, proving?: SigningKey) => Said | false | undefined,
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
const needed = (
  'iss state metadata-issuer insecure-endpoint dpop-binding certificate-binding id-token-signature ' +
  'id-token-alg id-token-iss id-token-aud id-token-nonce'
).split(' ');
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
    own('Turn dpop on, or give --cert FILE with --key FILE.'),
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
    ({ pkce }) => pkce !== 'S256' && own(`--pkce ${pkce} changes PKCE, which has to use S256`),
    own('Leave out --pkce.'),
  ],
  [
    '5.3.3.2',
    ({ request }) => {
      const changed = request.overrides.find(({ name }) => fixedParameters.test(name));
      return changed !== undefined && say`--param ${changed.name} changes a parameter that the profile fixes`;
    },
    own('Leave it out.'),
  ],
  [
    '5.3.3',
    ({ waived }) => {
      const found = [...waived].filter((id) => needed.includes(id) || id.startsWith('jarm-'));
      return found.length > 0 && own(`--no-verify lets ${found.join(', ')} only warn`);
    },
    own('Leave it out.'),
  ],
  [
    '5.4.1',
    ({ client }, proving) => {
      const keys = { 'signing-key': client.credentials.signingKey, 'dpop-key': proving };
      const [unfit] = Object.entries(keys).find(([, key]) => key && permitted(key) === undefined) ?? [];
      return (
        unfit !== undefined &&
        own(`the key of --${unfit} signs with none of PS256, ES256 and EdDSA, or is too short`)
      );
    },
    own('Use an EC key on P-256, an Ed25519 key, or an RSA key of 2048 bits or more.'),
  ],
  [
    '5.4.1',
    ({ client: { credentials }, idToken }) => {
      const named = [credentials.signingAlg, idToken.registeredAlgorithm];
      const found = named.find((alg) => alg !== undefined && !fapiAlgorithms.includes(alg));
      return found !== undefined && say`the algorithm ${found} is not among PS256, ES256 and EdDSA`;
    },
    own('Give another --signing-alg or --id-token-alg.'),
  ],
];

/** What Message Signing adds. */
const signingRules: readonly Rule[] = [
  [
    '5.3.2',
    ({ delivery }) => delivery.object?.signed !== true && own('the request object is not signed'),
    own('Leave request_object on.'),
  ],
  [
    '5.3.2',
    ({ client: { credentials } }) =>
      credentials.signingKey === undefined && own('there is no key to sign the request with'),
    own('Add --signing-key FILE.'),
  ],
  [
    '5.4.2',
    ({ request: { responseMode } }) => responseMode !== 'jwt' && own('the answer is not asked for as a JWT'),
    own('Leave --response-mode out.'),
  ],
];

/**
 * The settings of a login that keeps to the profile; its keys sign with the algorithms of the profile alone.
 * @throws UsageError for a setting that the profile forbids, with the section that does
 */
export function requireFapi(settings: LoginSettings, fapi: Fapi): LoginSettings {
  const { client, dpop } = settings;
  const { signingKey } = client.credentials;
  const proving = dpop?.key && readSigningKey(JSON.stringify(dpop.key));
  requireRules(settings, proving, 'Security Profile', rules);
  if (fapi === '2-message-signing') requireRules(settings, proving, 'Message Signing', signingRules);
  return {
    ...settings,
    fapi,
    client: {
      ...client,
      credentials: {
        ...client.credentials,
        ...(signingKey === undefined ? {} : { signingKey: permitted(signingKey) ?? signingKey }),
      },
    },
    ...(proving && { dpop: { key: { ...dpop?.key, alg: permitted(proving)?.algorithm.name ?? '' } } }),
  };
}

function requireRules(
  settings: LoginSettings,
  proving: SigningKey | undefined,
  profile: string,
  all: readonly Rule[],
): void {
  for (const [section, broken, hint] of all) {
    const what = broken(settings, proving);
    if (!what) continue;
    const spec = own(`FAPI 2.0 ${profile} §${section}`);
    throw new UsageError(say`FAPI 2.0 does not allow this: ${what} (${spec}).`, { hint });
  }
}

/** The ways of a key to sign that the profile permits; undefined without any. */
function permitted(signing: SigningKey): SigningKey | undefined {
  const [chosen, ...rest] = waysToSign(signing).filter(
    ({ algorithm, key }) =>
      fapiAlgorithms.includes(algorithm.name) &&
      key.asymmetricKeyType !== 'ed448' &&
      (key.asymmetricKeyDetails?.modulusLength ?? 2048) >= 2048,
  );
  return chosen && { ...chosen, others: rest };
}
