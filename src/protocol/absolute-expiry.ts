import { type ExactJson, memberNames } from '../json/exact-json.ts';
import { numberText } from '../json/exact-number.ts';
import type { JsonObject } from '../json/json.ts';
import { comparableName, firstEpochSeconds } from './parameter-names.ts';

/** A moment at which the access token expires, as some servers give it beside or instead of a lifetime. */
export interface AbsoluteExpiry {
  readonly name: string;
  /** As received; a number by its digits. */
  readonly raw: string;
  /** null when the value is no epoch in seconds or milliseconds and no RFC 3339 date and time. */
  readonly at: Date | null;
}

const names = new Set([
  'expiresat',
  'expireson',
  'accesstokenexpiration',
  'expirationdate',
  'expiration',
  'expiretime',
  'expires',
]);

/** Finds the first absolute expiry in an object; `lifetimeName` is the member already taken as the lifetime. */
export function findAbsoluteExpiry(
  json: ExactJson,
  object: JsonObject,
  lifetimeName: string | undefined,
): AbsoluteExpiry | null {
  for (const name of memberNames(json, object)) {
    const value = object[name];
    const usable = typeof value === 'number' || (typeof value === 'string' && value !== '');
    const compared = comparableName(name);
    const isLifetime = name === lifetimeName || (compared === 'expires' && Number(value) < firstEpochSeconds);
    if (usable && !isLifetime && names.has(compared)) {
      const raw = typeof value === 'number' ? numberText(object, name) : value;
      return { name, raw, at: readMoment(raw) };
    }
  }
  return null;
}

const firstEpochMilliseconds = firstEpochSeconds * 100;
const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)([Zz]|[+-]\d\d:\d\d)$/;

/** Reads an epoch in seconds or milliseconds, or a date and time (RFC 3339 §5.6). */
function readMoment(raw: string): Date | null {
  if (/^\d+(?:\.\d+)?$/.test(raw)) {
    const value = Number(raw);
    return value < firstEpochSeconds
      ? null
      : validDate(value < firstEpochMilliseconds ? value * 1000 : value);
  }
  const [, date, time, zone] = rfc3339.exec(raw) ?? [];
  return date === undefined ? null : validDate(Date.parse(`${date}T${time}${zone?.toUpperCase()}`));
}

function validDate(epochMs: number): Date | null {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? null : date;
}
