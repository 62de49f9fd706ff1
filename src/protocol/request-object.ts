import { randomUUID } from 'node:crypto';
import { claimsOf } from '../jose/jwt.ts';
import { type JsonObject, type JsonValue, parsePlainJson } from '../json/json.ts';
import { type Parameters, parameterText, parameterValue } from './parameters.ts';

/** Long enough to sign in, short enough that a stolen one is soon worth nothing. */
const lifetimeSeconds = 300;
/** The clock of the server may be behind. */
const clockLeewaySeconds = 30;

/** The claims of a request object: the parameters, its issuer, its audience and its lifetime (RFC 9101 §4, RFC 9700). */
export function requestObjectClaims(
  parameters: Parameters,
  { audience, now }: { readonly audience: string; readonly now: Date },
): JsonObject {
  const iat = Math.floor(now.getTime() / 1000);
  return {
    iss: parameterValue(parameters, 'client_id') ?? '',
    aud: audience,
    jti: randomUUID(),
    iat,
    nbf: iat - clockLeewaySeconds,
    exp: iat + lifetimeSeconds,
    ...parameterMembers(parameters),
  };
}

/** Numbers and JSON are members of their own type; a repeated parameter is a list (RFC 9101 §4, OIDC Core §6.1). */
function parameterMembers(parameters: Parameters): JsonObject {
  const names = [...new Set(parameters.map(([name]) => name))];
  return Object.fromEntries(
    names.map((name): [string, JsonValue] => {
      const values = parameters.filter(([other]) => other === name).map(([, value]) => value);
      const [first = ''] = values;
      if (values.length > 1) return [name, values];
      if (name === 'max_age' && /^\d+$/.test(first)) return [name, Number(first)];
      const isJson = name === 'claims' || name === 'authorization_details';
      return [name, (isJson ? (parsePlainJson(first) as JsonValue | undefined) : undefined) ?? first];
    }),
  );
}

const ownClaims = new Set(['iss', 'aud', 'jti', 'iat', 'nbf', 'exp', 'sub']);

/** The parameters of a request with those in its object, which go before all others (RFC 9101 §6.3). */
export function withRequestObject(parameters: Parameters): Parameters {
  const claims = claimsOf(parameterValue(parameters, 'request') ?? '');
  const inside = Object.entries(claims).flatMap(([name, value]) =>
    ownClaims.has(name) ? [] : [value].flat().map((one) => [name, parameterText(one)] as const),
  );
  return [...parameters.filter(([name]) => !Object.hasOwn(claims, name)), ...inside];
}
