import { decodeJwt } from '../jose/jwt.ts';
import { type JsonObject, textListMember, textMember } from '../json/json.ts';
import { own, say } from '../say.ts';
import { type CheckResult, comparedWith, fail, pass, skip, underId } from './check-result.ts';
import { listed } from './shown-value.ts';

/** Signature algorithms of JWTs; EdDSA with Ed25519 alone (FAPI 2.0 Security Profile §5.4.1). */
export const fapiAlgorithms: readonly string[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** What of a server's metadata the profile cannot do without (§5.3.2). */
const demands: readonly (readonly [what: string, isMet: (metadata: JsonObject) => boolean])[] = [
  [
    'pushed_authorization_request_endpoint',
    (metadata) => textMember(metadata, 'pushed_authorization_request_endpoint') !== undefined,
  ],
  [
    'authorization_response_iss_parameter_supported',
    (metadata) => metadata.authorization_response_iss_parameter_supported === true,
  ],
  [
    'S256 in code_challenge_methods_supported',
    (metadata) => lists(metadata, 'code_challenge_methods_supported', ['S256']),
  ],
];

/** What Message Signing demands besides (FAPI 2.0 Message Signing §5.3.1, §5.4.1). */
const signingDemands: typeof demands = [
  [
    'ES256 or PS256 in request_object_signing_alg_values_supported',
    (metadata) => lists(metadata, 'request_object_signing_alg_values_supported', fapiAlgorithms),
  ],
  [
    'ES256 or PS256 in authorization_signing_alg_values_supported',
    (metadata) => lists(metadata, 'authorization_signing_alg_values_supported', fapiAlgorithms),
  ],
  ['jwt in response_modes_supported', (metadata) => lists(metadata, 'response_modes_supported', ['jwt'])],
];

/**
 * Checks whether a server offers what FAPI 2.0 demands, the authentication method and the binding of this client
 * included (FAPI 2.0 Security Profile §5.3.2).
 */
export function checkFapiServer(
  metadata: JsonObject,
  {
    method,
    isBoundByProof,
    signsMessages,
  }: { readonly method: string; readonly isBoundByProof: boolean; readonly signsMessages: boolean },
): CheckResult {
  const missing = [
    ...(signsMessages ? [...demands, ...signingDemands] : demands).flatMap(([what, isMet]) =>
      isMet(metadata) ? [] : [what],
    ),
    ...(lists(metadata, 'token_endpoint_auth_methods_supported', [method])
      ? []
      : [`${method} in token_endpoint_auth_methods_supported`]),
    ...(!isBoundByProof || lists(metadata, 'dpop_signing_alg_values_supported', fapiAlgorithms)
      ? []
      : [`${fapiAlgorithms.slice(0, 2).join(' or ')} in dpop_signing_alg_values_supported`]),
    ...(isBoundByProof || metadata.tls_client_certificate_bound_access_tokens === true
      ? []
      : ['tls_client_certificate_bound_access_tokens']),
  ];
  return underId(
    'fapi-server',
    missing.length === 0
      ? pass('The metadata has all that the profile demands of a server.')
      : fail(say`The metadata lacks ${listed(missing.map(own), 8)}.`),
  );
}

function lists(metadata: JsonObject, member: string, accepted: readonly string[]): boolean {
  return textListMember(metadata, member)?.some((name) => accepted.includes(name)) === true;
}

/** Checks the algorithm that a JWT of the server is signed with (FAPI 2.0 Security Profile §5.4.1). */
export function checkFapiAlgorithm(
  what: 'ID token' | 'authorization response',
  jwt: string | null,
): CheckResult {
  const token = decodeJwt(jwt ?? '');
  const alg = token.type === 'jws' ? token.header.alg : undefined;
  const compared = comparedWith(fapiAlgorithms.slice(0, 3).join(', '), alg);
  return underId(
    'fapi-algorithm',
    token.type !== 'jws'
      ? skip(say`There is no ${own(what)} whose algorithm can be seen.`)
      : fapiAlgorithms.includes(String(alg))
        ? pass(say`The ${own(what)} is signed as the profile permits.`, compared)
        : fail(say`The ${own(what)} is signed with an algorithm that the profile forbids.`, compared),
  );
}
