import { timeClaims } from '../jose/jwt.ts';
import { decimalDigits, numberText, stringifyExactly } from '../json/exact-number.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../json/json.ts';
import { parseJsonExactly } from '../json/parse-json-exactly.ts';
import { own, recall, remember, Said, say } from '../say.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { durationText, momentText, shownValue } from './shown-value.ts';

/** Where claims are looked for, as a prefix names it. */
export const claimSources = ['access_token', 'id_token', 'userinfo', 'introspection'] as const;

/** One of {@link claimSources}. */
export type ClaimSource = (typeof claimSources)[number];

/** How a claim and a value are compared. */
export type Comparison = '=' | '!=' | '~=' | '>' | '<' | '>=' | '<=';

/** An expectation of the user about a claim (`--expect`). */
export interface Expectation {
  /** As it was written. */
  readonly text: string;
  /** Where to look; undefined: wherever the claim is. */
  readonly source: ClaimSource | undefined;
  /** Names nested by dots, as far as no name of a claim holds the dot itself. */
  readonly claim: string;
  readonly test:
    | { readonly type: 'present' }
    | { readonly type: 'absent' }
    | { readonly type: 'compare'; readonly by: Comparison; readonly value: string };
}

/** Claims and the name of the place they come from. */
export interface ClaimsOf {
  /** `token`: of a kind that is not known, which no prefix names. */
  readonly source: ClaimSource | 'token';
  readonly claims: JsonObject;
  /** The place in a message, where it is not the source. */
  readonly label?: string;
  /** Why they prove nothing, in one sentence; undefined when they are verified. */
  readonly doubt: string | undefined;
}

/** Claims that are lists of words separated by spaces (RFC 6749 §3.3, OIDC Core §3.1.2.1). */
const wordLists = new Set(['scope', 'scp', 'acr_values']);

/**
 * Reads an expectation: `claim` (is there), `!claim` (is not there), or a claim, `=`, `!=`, `~=`, `>`, `<`, `>=` or
 * `<=`, and a value; a prefix such as `id_token.` says where. Otherwise says in one sentence why it cannot be read.
 */
export function readExpectation(text: string): Expectation | { readonly problem: string } {
  const trimmed = text.trim();
  const [, negation = '', name = '', by, value = ''] =
    /^(!?)([^=<>!~]*)(?:(!=|~=|>=|<=|=|>|<)\s*(.*))?$/s.exec(trimmed) ?? [];
  if (name.trim() === '') return { problem: 'The name of a claim is missing.' };
  const [source, claim] = splitSource(name.trim());
  if (claim === '') return { problem: 'The claim after the dot is missing.' };
  if (by === undefined) {
    return { text: trimmed, source, claim, test: { type: negation === '' ? 'present' : 'absent' } };
  }
  if (negation !== '') return { problem: `"!" means that ${claim} is absent; a value takes !=.` };
  const comparison = by as Comparison;
  const isOrder = /[<>]/.test(comparison);
  const problem = isOrder ? compareAsNumbers(claim, 0, comparison, value, new Date(0)) : undefined;
  if (problem?.type === 'unreadable') return { problem: remember(problem.reason) };
  return { text: trimmed, source, claim, test: { type: 'compare', by: comparison, value } };
}

function splitSource(name: string): readonly [ClaimSource | undefined, string] {
  const source = claimSources.find((candidate) => name.startsWith(`${candidate}.`));
  return source === undefined ? [undefined, name] : [source, name.slice(source.length + 1)];
}

/**
 * Judges an expectation by the claims that are verified. Without a prefix the first place that has the claim counts, and
 * absent means absent everywhere, in places that are all verified. A claim that is not there, or only where nothing is verified, meets no comparison,
 * not even `!=`.
 */
export function judgeExpectation(
  { text, source, claim, test }: Expectation,
  places: readonly ClaimsOf[],
  now: Date,
): CheckResult {
  const candidates = places.filter((place) => source === undefined || place.source === source);
  const verified = candidates.filter(({ doubt }) => doubt === undefined);
  const found = [...verified, ...candidates]
    .map((place) => ({ place, member: findClaim(place.claims, claim) }))
    .find(({ member }) => member !== undefined);
  const member = found?.member;
  const value = member?.value;
  const compared = { expected: text, received: shownValue(member?.numberText ?? value) };
  const where = found === undefined ? claim : say`${own(found.place.label ?? found.place.source)}.${claim}`;
  const settle = (isMet: boolean, met: Said, unmet = met) =>
    checkResult('expectation', isMet ? 'pass' : 'fail', isMet ? met : unmet, compared);
  if (candidates.length === 0)
    return settle(false, own(`There are no claims of ${source ?? 'any kind'} here.`));
  const unverified = candidates.filter(({ doubt }) => doubt !== undefined);
  const isUnknown = verified.length === 0 || (test.type === 'absent' && unverified.length > 0);
  const doubt = found === undefined ? isUnknown && unverified[0]?.doubt : found.place.doubt;
  if (typeof doubt === 'string') {
    const what =
      found === undefined
        ? say`nothing in ${placesText(unverified)} is verified`
        : say`${claim} is only in ${placesText([found.place])}, which is not verified`;
    return settle(false, say`${what}. ${recall(doubt)}`);
  }
  if (test.type === 'absent') {
    return settle(
      value === undefined,
      say`${claim} is absent.`,
      say`${where} is there: ${compared.received}.`,
    );
  }
  if (member === undefined || value === undefined) {
    // Beside a token, what the response says of it is no place of its own.
    const named = candidates.filter((place, index) => index === 0 || place.label === undefined);
    return settle(false, say`${placesText(named)} ${own(named.length === 1 ? 'has' : 'have')} no ${claim}.`);
  }
  if (test.type === 'present') return settle(true, say`${where} is there.`);
  const { by } = test;
  const says = say`${where} is ${compared.received}`;
  if (by === '=' || by === '!=') {
    const isEqual = equals(member, test.value);
    const several =
      by === '=' && Array.isArray(value) && itemsOf(value).some((item) => equals(item, test.value));
    const hint = several ? say` It holds ${test.value} among others: ${claim}~=${test.value}.` : '';
    return settle(isEqual === (by === '='), say`${says}.`, say`${says}.${hint}`);
  }
  if (by === '~=') {
    return settle(
      holds(claim, member, test.value),
      say`${says}.`,
      say`${says}, which does not hold ${test.value}.`,
    );
  }
  const order = compareAsNumbers(claim, value, by, test.value, now);
  if (order.type === 'compared') return settle(order.isMet, say`${where} is ${order.said}.`);
  return settle(false, say`${says}: ${order.reason}`);
}

interface Member {
  readonly value: JsonValue;
  /** Of a number, as it was received. */
  readonly numberText?: string;
}

function memberOf(container: JsonObject | JsonValue[], name: string): Member | undefined {
  const value = Object.hasOwn(container, name) ? (container as JsonObject)[name] : undefined;
  if (value === undefined) return undefined;
  return typeof value === 'number' ? { value, numberText: numberText(container, name) } : { value };
}

function itemsOf(list: JsonValue[]): readonly Member[] {
  return list.flatMap((_, index) => memberOf(list, String(index)) ?? []);
}

/** Looks for a claim by its whole name first, then by every way of cutting it at a dot, the longest name first. */
export function findClaim(claims: JsonValue, name: string): Member | undefined {
  if (Array.isArray(claims)) {
    const [, index = '', rest] = /^(\d{1,6})(?:\.(.*))?$/s.exec(name) ?? [];
    const item = index === '' ? undefined : memberOf(claims, String(Number(index)));
    return item === undefined || rest === undefined ? item : findClaim(item.value, rest);
  }
  if (!isJsonObject(claims)) return undefined;
  if (Object.hasOwn(claims, name)) return memberOf(claims, name);
  for (let at = name.lastIndexOf('.'); at > 0; at = name.lastIndexOf('.', at - 1)) {
    const head = name.slice(0, at);
    const member = ownMember(claims, head);
    const found = member === undefined ? undefined : findClaim(member, name.slice(at + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An array of one counts as its item, since an audience may be written either way (RFC 7519 §4.1.3). */
function equals(member: Member, expected: string): boolean {
  const { value, numberText: digits } = member;
  if (typeof value === 'string') return value === expected;
  if (digits !== undefined) return decimalDigits(digits) === decimalDigits(expected);
  if (Array.isArray(value) && value.length === 1 && itemsOf(value).some((item) => equals(item, expected)))
    return true;
  if (stringifyExactly(value) === expected) return true;
  if (typeof value !== 'object' || value === null) return false;
  const parsed = parseJsonExactly(expected);
  return parsed.type === 'parsed' && canonical({ value: parsed.json.value }) === canonical({ value });
}

/** One text for all ways to write the same value: members by name, numbers by their digits. */
function canonical({ value, numberText: digits }: Member): string {
  if (digits !== undefined) return decimalDigits(digits);
  if (Array.isArray(value)) return `[${itemsOf(value).map(canonical).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  const members = names.map((name) => {
    return `${JSON.stringify(name)}:${canonical(memberOf(value, name) ?? { value: null })}`;
  });
  return `{${members.join(',')}}`;
}

function holds(claim: string, member: Member, expected: string): boolean {
  const { value } = member;
  if (Array.isArray(value)) return itemsOf(value).some((item) => equals(item, expected));
  if (typeof value !== 'string') return equals(member, expected);
  const last = claim.slice(claim.lastIndexOf('.') + 1);
  return wordLists.has(last) ? value.split(' ').includes(expected) : value.includes(expected);
}

function placesText(places: readonly ClaimsOf[]): Said {
  return own(places.map(({ label, source }) => label ?? source).join(' and '));
}

/** How a comparison by size ended, or why it cannot be made. */
export type NumberComparison =
  | { readonly type: 'compared'; readonly isMet: boolean; readonly said: string }
  /** The claim holds nothing that has a size. */
  | { readonly type: 'incomparable'; readonly reason: Said }
  /** The value that was expected cannot be read. */
  | { readonly type: 'unreadable'; readonly reason: Said };

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * Compares a claim by size. Times are compared with a distance from now (`10m` is in ten minutes, `-1h` an hour ago),
 * `now`, a date, or seconds since 1970; everything else with a number.
 */
function compareAsNumbers(
  claim: string,
  value: JsonValue,
  by: Comparison,
  expected: string,
  now: Date,
): NumberComparison {
  const name = claim.slice(claim.lastIndexOf('.') + 1);
  const isTime = timeClaims.has(name);
  const limit = isTime ? readMoment(name, expected, now) : readNumber(expected);
  if (limit instanceof Said) return { type: 'unreadable', reason: limit };
  const size = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof size !== 'number' || Number.isNaN(size)) {
    return { type: 'incomparable', reason: own('that is not a number.') };
  }
  const isMet =
    by === '>' ? size > limit : by === '<' ? size < limit : by === '>=' ? size >= limit : size <= limit;
  return { type: 'compared', isMet, said: isTime ? momentText(size, now) : String(size) };
}

/** Seconds since 1970, or what is wrong. */
function readMoment(claim: string, text: string, now: Date): number | Said {
  const seconds = now.getTime() / 1000;
  if (text === 'now') return seconds;
  if (/^\d{5,}(\.\d+)?$/.test(text)) return Number(text);
  if (/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/.test(text)) {
    const at = Date.parse(text.replace(' ', 'T'));
    return Number.isNaN(at) ? say`${text} is not a date.` : at / 1000;
  }
  const [, sign = '', parts = ''] = /^([+-]?)((?:\d{1,9}[smhdw])+)$/.exec(text) ?? [];
  if (parts === '')
    return say`${claim} is a time: compare it with 10m, -1h, now, 2030-01-31 or seconds since 1970.`;
  const distance = [...parts.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (unitSeconds[unit] ?? 1),
    0,
  );
  // "auth_time<1h" would be true of any login at all, and is never meant.
  if (sign === '' && claim !== 'exp') {
    return say`${claim} lies in the past: say -${text} for ${durationText(distance)} ago, or +${text} for the future.`;
  }
  return sign === '-' ? seconds - distance : seconds + distance;
}

function readNumber(text: string): number | Said {
  return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)
    ? Number(text)
    : say`"${text}" is not a number to compare with.`;
}
