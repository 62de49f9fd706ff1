import { isJsonObject, type JsonValue } from '../json/json.ts';
import { isPlaceholder } from '../protocol/placeholder.ts';
import { authorizationParameterMeaning } from './authorization-parameter-names.ts';
import { claimRows, formatJsonValue, headerRows } from './claim-rows.ts';
import type { DebugMessage } from './debug-document.ts';
import type { Row } from './rows.ts';
import { isSecretMember, isSecretParameter } from './secret-names.ts';
import { shortenToken } from './shorten.ts';
import type { Style } from './style.ts';
import type { View } from './view.ts';

/** The values of a saved message as rows; secrets are shortened unless they are to be shown. */
export function debugValueRows(message: DebugMessage, view: View, style: Style): Row[] {
  const { values, kind } = message;
  if (kind === 'jwt') {
    const { header, claims } = values;
    return [
      ...(isJsonObject(header) ? headerRows(header, view) : []),
      ...(isJsonObject(claims) ? claimRows(claims, view) : []),
    ];
  }
  if (kind === 'authorization_request' || kind === 'token_request') {
    const { endpoint, parameters } = values;
    return [
      ...(endpoint === '' ? [] : [{ name: 'sent to', value: text(endpoint ?? null) }]),
      ...Object.entries(isJsonObject(parameters) ? parameters : {}).map(([name, value]) => {
        const meaning = authorizationParameterMeaning(name, text(value));
        return {
          name,
          value: shownParameter(name, value, view, style),
          ...(meaning === undefined ? {} : { note: meaning }),
        };
      }),
    ];
  }
  return [...Object.entries(values), ...challengeValues(message)].flatMap(([name, value]): Row[] => {
    if (value === null && ['error_description', 'state', 'scope'].includes(name)) return [];
    if (name === 'id_token_present')
      return [{ name: 'id_token', value: value === true ? 'present' : 'none' }];
    if (name === 'scope' && Array.isArray(value)) return [{ name, value: value.join(' ') }];
    const row: Row = { name, value: value === null ? 'none' : shownValue(name, value, view, style) };
    return [value === null ? { ...row, tone: 'dim' } : row];
  });
}

/** What the challenge says, under a name of its own: the body has a say of its own. */
function challengeValues({ challenge }: DebugMessage): [string, JsonValue][] {
  if (challenge === undefined) return [];
  const { scheme, error, error_description: description } = challenge;
  const said = [scheme, error, description].filter((part) => part !== null);
  return [['challenge', said.join(', ')]];
}

function shownValue(name: string, value: JsonValue, view: View, style: Style): string {
  const isSecret = isSecretMember(name) || name === 'code';
  return isSecret && typeof value === 'string' && !view.showSecrets && !isPlaceholder(value)
    ? shortenToken(value, style.ellipsis)
    : formatJsonValue(value, view);
}

function shownParameter(name: string, value: JsonValue, view: View, style: Style): string {
  const values = (Array.isArray(value) ? value : [value]).map((one) => text(one));
  const isSecret = isSecretParameter(name) && !view.showSecrets;
  return values
    .map((one) => (isSecret && one !== '' && !isPlaceholder(one) ? shortenToken(one, style.ellipsis) : one))
    .map((one) => (one === '' ? '(empty)' : one))
    .join('\n');
}

function text(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
