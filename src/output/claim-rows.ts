import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { carryNumberTexts, numberText, stringifyExactly } from '../json/number-texts.ts';
import { type ClaimName, claimName, headerName } from './claim-names.ts';
import { looksLikeJwt } from './jwt-text.ts';
import type { Row } from './rows.ts';
import { shortenToken } from './shorten.ts';
import { inertText } from './terminal-text.ts';
import { formatNumericDate } from './time.ts';
import type { View } from './view.ts';
import { displayWidth } from './width.ts';

/** JSON on one line up to this width, on several beyond. */
const longestInline = 44;

/** In the year 5138: what is larger was not meant as seconds. */
const largestSeconds = 1e11;

/** The claims of a JWT or of UserInfo as rows, explained where they are registered, times in local time. */
export function claimRows(claims: JsonObject, view: View): Row[] {
  return Object.keys(claims).map((name) => describe(claims, name, claimName(name), view));
}

/** The JOSE header of a JWT as rows. */
export function headerRows(header: JsonObject, view: View): Row[] {
  return Object.keys(header).map((name) => describe(header, name, headerName(name), view));
}

function describe(object: JsonObject, name: string, known: ClaimName | undefined, view: View): Row {
  const value = object[name];
  const shown =
    known?.isTime === true && typeof value === 'number'
      ? Math.abs(value) > largestSeconds
        ? `${numberText(object, name)}, as seconds beyond any calendar`
        : formatNumericDate(value, view)
      : formatJsonMember(object, name, view);
  return { name, value: shown, ...(known === undefined ? {} : { note: known.meaning }) };
}

/** A member of an object for reading, see `formatJsonValue`; a number as it was received. */
export function formatJsonMember(
  object: Readonly<JsonObject>,
  name: string,
  view: Pick<View, 'showSecrets' | 'unicode'>,
): string {
  const value = object[name] ?? null;
  return typeof value === 'number' ? numberText(object, name) : formatJsonValue(value, view);
}

/**
 * A JSON value for reading: strings bare unless that would make them look like another type, small arrays and
 * objects on one line, others on several. A JWT inside is shortened unless secrets are to be shown.
 */
export function formatJsonValue(value: JsonValue, view: Pick<View, 'showSecrets' | 'unicode'>): string {
  const shown = view.showSecrets ? value : shortenJwts(value, view.unicode === false ? '...' : '…');
  if (typeof shown === 'string') return needsQuotes(shown) ? JSON.stringify(shown) : inertText(shown);
  const inline = inlineJson(shown);
  return displayWidth(inline) <= longestInline ? inline : stringifyExactly(shown, 2);
}

function needsQuotes(text: string): boolean {
  return /^$|^\s|\s$|^(?:true|false|null|[[{"].*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/s.test(text);
}

function inlineJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const items = Object.entries(value).map(
    ([name, member]) =>
      [name, typeof member === 'number' ? numberText(value, name) : inlineJson(member)] as const,
  );
  if (Array.isArray(value)) return `[${items.map(([, item]) => item).join(', ')}]`;
  const members = items.map(([name, member]) => `${JSON.stringify(name)}: ${member}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function shortenJwts(value: JsonValue, ellipsis: string): JsonValue {
  if (typeof value === 'string') return looksLikeJwt(value) ? shortenToken(value, ellipsis) : value;
  if (Array.isArray(value)) {
    const items = value.map((item) => shortenJwts(item, ellipsis));
    return carryNumberTexts(value, items);
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, shortenJwts(item, ellipsis)]);
  return carryNumberTexts(value, Object.fromEntries(entries));
}
