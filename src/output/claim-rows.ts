import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
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

/** The claims of a JWT or of UserInfo as rows, explained where they are registered, times in local time. */
export function claimRows(claims: JsonObject, view: View): Row[] {
  return Object.entries(claims).map(([name, value]) => describe(name, value, claimName(name), view));
}

/** The JOSE header of a JWT as rows. */
export function headerRows(header: JsonObject, view: View): Row[] {
  return Object.entries(header).map(([name, value]) => describe(name, value, headerName(name), view));
}

function describe(name: string, value: JsonValue, known: ClaimName | undefined, view: View): Row {
  const shown =
    known?.isTime === true && typeof value === 'number'
      ? formatNumericDate(value, view)
      : formatJsonValue(value, view);
  return { name, value: shown, ...(known === undefined ? {} : { note: known.meaning }) };
}

/**
 * A JSON value for reading: strings bare unless that would make them look like another type, small arrays and
 * objects on one line, others on several. A JWT inside is shortened unless secrets are to be shown.
 */
export function formatJsonValue(value: JsonValue, view: Pick<View, 'showSecrets' | 'unicode'>): string {
  const shown = view.showSecrets ? value : shortenJwts(value, view.unicode === false ? '...' : '…');
  if (typeof shown === 'string') return needsQuotes(shown) ? JSON.stringify(shown) : inertText(shown);
  const inline = inlineJson(shown);
  return displayWidth(inline) <= longestInline ? inline : JSON.stringify(shown, null, 2);
}

function needsQuotes(text: string): boolean {
  return /^$|^\s|\s$|^(?:true|false|null|[[{"].*|-?\d[\d.eE+-]*)$/s.test(text);
}

function inlineJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(inlineJson).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${inlineJson(member)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function shortenJwts(value: JsonValue, ellipsis: string): JsonValue {
  if (typeof value === 'string') return looksLikeJwt(value) ? shortenToken(value, ellipsis) : value;
  if (Array.isArray(value)) return value.map((item) => shortenJwts(item, ellipsis));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shortenJwts(item, ellipsis)]));
}
