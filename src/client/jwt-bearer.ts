import { isJsonObject, type JsonValue, parsePlainJson } from '../json/json.ts';
import { jwtBearerType } from '../protocol/grant-types.ts';
import { accessParameters, type GrantRequest } from './grant.ts';

/** An assertion for a token: given, or made with the key of the client (RFC 7523 §2.1, §3). */
export const jwtBearer: GrantRequest = {
  read: {
    'assertion-claim': (text) => {
      const claims = text.split('\n').map(readClaim);
      const known = claims.filter((claim) => claim !== undefined);
      return known.length < claims.length ? undefined : JSON.stringify(Object.fromEntries(known));
    },
  },
  parameters: (access, given, sign) => {
    const claims = parsePlainJson(given['assertion-claim'] ?? '{}');
    const sub = given['assertion-subject'];
    const made = { ...(sub === undefined ? {} : { sub }), ...(isJsonObject(claims) ? claims : {}) };
    return [
      ['grant_type', jwtBearerType],
      ['assertion', given.assertion ?? sign(made)],
      ...accessParameters(access),
    ];
  },
};

/** Lists, objects and times are JSON; anything else is text. */
function readClaim(text: string): readonly [name: string, value: JsonValue] | undefined {
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === '') return undefined;
  if (!/^[[{]/.test(value) && !(/^(?:exp|nbf|iat)$/.test(name) && /^\d+$/.test(value))) return [name, value];
  const read = parsePlainJson(value);
  return read === undefined ? undefined : [name, read];
}
