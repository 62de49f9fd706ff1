import { mapStrings } from '../../json/exact-number.ts';
import { placeholders } from '../../protocol/placeholder.ts';
import { isLoopbackHost } from '../../protocol/redirect-uri.ts';
import { checksOf, type Recording } from '../../recording/recording.ts';
import { legName, legsOf } from './leg.ts';
import { mapTrace } from './redact-trace.ts';
import { clientAuthentication, factsOf, silence, type TraceFact, unknownSilence } from './trace-facts.ts';
import { serversOf } from './trace-headline.ts';
import {
  type DifferenceWeight,
  type FactPair,
  type Redacted,
  type TraceDifference,
  weighDifference,
} from './weigh-difference.ts';

/** Facts about two recordings that are not in them. */
export interface ComparisonOptions {
  readonly names: readonly [a: string, b: string];
  /** Which of them holds placeholders only, so that its secrets cannot be compared. */
  readonly redacted: Redacted;
}

/** Compares what was sent, what came back, what the tokens say, how the checks ended. */
export function compareTraces(
  a: Recording,
  b: Recording,
  { names, redacted }: ComparisonOptions,
): TraceComparison {
  const servers = matchServers(a, b);
  const single = legsOf(a).length === 1 && legsOf(b).length === 1;
  const facts = (trace: Recording) => indexed(factsOf(trace, single));
  const [factsA, factsB, renamed] = [facts(a), facts(b), facts(withServers(b, servers))];
  const all = new Map([...factsA, ...factsB, ...factsA]);
  const order = [...groupsOf(all)];
  const titles = new Map([...factsB.values(), ...factsA.values()].map(({ group, title }) => [group, title]));
  const placeOf = ({ group }: TraceFact) => order.indexOf(group);
  const pairs = [...all]
    .flatMap(([key, fact]): FactPair[] => {
      const [left = null, right = null] = [factsA.get(key)?.value, factsB.get(key)?.value];
      if (left === (renamed.get(key)?.value ?? right)) return [];
      return [{ ...fact, title: titles.get(fact.group) ?? fact.title, a: left, b: right }];
    })
    .filter(isComparable(factsA, factsB))
    .filter(({ a: left, b: right }) => !isSameSilence(left, right))
    .toSorted((one, other) => placeOf(one) - placeOf(other));
  const [runA, runB] = [comparedRun(a, names[0]), comparedRun(b, names[1])];
  const runsDiffer = runA.succeeded !== runB.succeeded;
  const diverging = runsDiffer ? pairs.find(isDivergence) : undefined;
  const limit = diverging === undefined ? Number.POSITIVE_INFINITY : placeOf(diverging);
  const strayRedirect = strayRedirectOf(factsA, factsB);
  const answeredOtherwise = new Set(pairs.filter(isDivergence).map(({ group }) => group));
  const differences = [
    ...serverDifferences(servers, runsDiffer),
    ...pairs
      .filter((pair) => !answeredOtherwise.has(pair.group) || saysWhy(pair))
      .map((pair) => {
        const mayBeCause = runsDiffer && placeOf(pair) <= limit;
        return weighDifference(pair, { mayBeCause, redacted, strayRedirect });
      }),
    ...onlyInOne(all, groupsOf(factsA), groupsOf(factsB)).filter(
      ({ place }) => place !== 'claim' || (holdsTokens(a, redacted, 'a') && holdsTokens(b, redacted, 'b')),
    ),
  ].toSorted((one, other) => rank[one.weight] - rank[other.weight]);
  return {
    version: 1,
    a: runA,
    b: runB,
    diverges_at: diverging?.title ?? null,
    not_compared: redacted === 'neither' ? [] : sharedSecrets(factsA, factsB),
    redacted,
    differences,
  };
}

/** The run that names another redirect URI to the token endpoint than it asked for; a free port differs in both. */
function strayRedirectOf(...runs: readonly Facts[]): 'A' | 'B' | undefined {
  const index = runs.findIndex((facts) => {
    const named = [...facts.values()].filter(({ side, name }) => side === 'sent' && name === 'redirect_uri');
    return new Set(named.map(({ value }) => value)).size > 1;
  });
  return index === -1 ? undefined : index === 0 ? 'A' : 'B';
}

const rank: Readonly<Record<DifferenceWeight, number>> = { cause: 0, notable: 1, expected: 2 };

type Facts = ReadonlyMap<string, TraceFact>;

function groupsOf(facts: Facts): ReadonlySet<string> {
  return new Set([...facts.values()].map(({ group }) => group));
}

/**
 * A message or token that only one run has is one difference; checks that one run did not come to are none, nor is what
 * only a recording of our own can hold.
 */
function isComparable(...runs: readonly Facts[]): (pair: FactPair) => boolean {
  const sides = runs.map((facts) => new Set([...facts.values()].map(sideOf)));
  const haveChecks = runs.every((facts) => [...facts.values()].some(({ place }) => place === 'check'));
  return (pair) => {
    const { place, name, a, b } = pair;
    const inBoth = a !== null && b !== null;
    if (place === 'check') return inBoth || (haveChecks && [a, b].includes('fail'));
    if (place === 'line' && (name === clientAuthentication || name === 'status')) return inBoth;
    return sides.every((known) => known.has(sideOf(pair)));
  };
}

/** A request or a response: one of them may not have been recorded. */
function sideOf({ group, side }: TraceFact): string {
  return `${group} ${side}`;
}

/** Only one of both recordings says why no answer came. */
function isSameSilence(a: string | null, b: string | null): boolean {
  return [a, b].includes(unknownSilence) && [a, b].every((text) => text?.startsWith(silence) === true);
}

/** A redacted recording of another program has placeholders for tokens, whose content is lost. */
function holdsTokens({ recorded_by, tokens }: Recording, redacted: Redacted, which: 'a' | 'b'): boolean {
  return tokens.length > 0 || recorded_by !== '' || (redacted !== which && redacted !== 'both');
}

function onlyInOne(all: Facts, a: ReadonlySet<string>, b: ReadonlySet<string>): readonly TraceDifference[] {
  const last = new Map([...all.values()].map((fact) => [fact.group, fact] as const));
  return [...last].flatMap(([group, { title, place, side }]): TraceDifference[] => {
    if (place === 'check' || a.has(group) === b.has(group)) return [];
    const [came, name] = place === 'claim' ? ['came', title.replace('Inside ', '')] : ['took place', title];
    const [inA, inB] = [a, b].map((groups) => (groups.has(group) ? came : null));
    const found = { title: 'Only in one of them', side, place, name, a: inA ?? null, b: inB ?? null };
    return [{ ...found, weight: 'notable', remark: null }];
  });
}

/** Where one was refused, what the other one got instead need not be told member by member. */
function saysWhy({ side, name }: FactPair): boolean {
  return side === 'sent' || /^(?:status|body|error|error_.*|www-authenticate|location)$/.test(name);
}

function indexed(facts: readonly TraceFact[]): Facts {
  return new Map(facts.map((fact) => [[fact.group, fact.side, fact.place, fact.name].join('\n'), fact]));
}

/** One was answered well and the other was not, or never came to be. */
function isDivergence({ side, place, name, a, b }: FactPair): boolean {
  if (side !== 'received') return false;
  if (place === 'line' && name === 'status') return isGood(a) !== isGood(b);
  return name === 'error' && place === 'parameter';
}

function isGood(status: string | null): boolean {
  return status !== null && /^[123]\d\d$/.test(status);
}

function sharedSecrets(a: Facts, b: Facts): readonly string[] {
  const fresh = new Set(['code', 'code_verifier', 'access_token', 'client_assertion']);
  const kinds = [...a].flatMap(([key, { side, value }]) => {
    if (side !== 'sent' || b.get(key)?.value !== value) return [];
    return Array.from(value.matchAll(placeholders), ([, kind = '']) => kind);
  });
  return [...new Set(kinds)].filter((kind) => !fresh.has(kind.replace(/ \d+$/, '')));
}

function comparedRun(trace: Recording, name: string): ComparedRun {
  const { status, error } = trace.outcome;
  if (trace.events.length === 0 && trace.tokens.length > 0) {
    return { name, succeeded: true, ending: 'holds a token, which is not verified' };
  }
  if (status === 'done') return { name, succeeded: true, ending: 'went through' };
  if (status === 'cancelled') return { name, succeeded: false, ending: 'was cancelled' };
  const legs = legsOf(trace);
  const refused =
    legs.find(({ event }) => event.type === 'exchange' && (event.response?.status ?? 0) >= 400) ??
    legs.find(({ event }) => event.type === 'exchange' && event.response === null);
  const failedCheck = checksOf(trace).find(({ outcome }) => outcome === 'fail');
  const reason = error?.oauth?.error ?? error?.message ?? failedCheck?.id;
  const where = error?.step ?? (refused === undefined ? undefined : legName(refused));
  const ending = `failed${where === undefined ? '' : ` (${where})`}${reason === undefined ? '' : `: ${reason}`}`;
  return { name, succeeded: false, ending };
}

/** How one of the runs ended. */
export interface ComparedRun {
  readonly name: string;
  readonly succeeded: boolean;
  /** In a few words. */
  readonly ending: string;
}

/** Two runs side by side, as `diff --json` prints them. */
export interface TraceComparison {
  readonly version: 1;
  readonly a: ComparedRun;
  readonly b: ComparedRun;
  /** The first message that was answered otherwise; null when none was. */
  readonly diverges_at: string | null;
  /** Kinds of secrets that were sent in both and cannot be compared, since one or both are redacted. */
  readonly not_compared: readonly string[];
  readonly redacted: Redacted;
  /** The weightiest first. */
  readonly differences: readonly TraceDifference[];
}

/** The names of one server in two runs. */
export interface ServerPair {
  readonly a: string;
  readonly b: string;
}

/** Servers in the order they were met; to be compared, those of the other run go by the names of this one. */
function matchServers(a: Recording, b: Recording): readonly ServerPair[] {
  const [hostsA, hostsB] = [serversOf(a), serversOf(b)];
  return hostsA.flatMap((host, index) => {
    const other = hostsB[index];
    return other === undefined || other === host ? [] : [{ a: host, b: other }];
  });
}

/** A trace with the servers under the names of the other run. */
function withServers(trace: Recording, servers: readonly ServerPair[]): Recording {
  const rename = (text: string) =>
    servers.reduce(
      (renamed, { a, b }) =>
        renamed.replaceAll(b, a).replaceAll(encodeURIComponent(b), encodeURIComponent(a)),
      text,
    );
  return mapTrace(trace, {
    url: rename,
    body: rename,
    headers: (headers) => headers.map(([name, value]) => [name, rename(value)] as const),
    value: (value) => mapStrings(value, rename),
  });
}

/** Servers that have other names; both on this machine they differ by their port alone. */
function serverDifferences(servers: readonly ServerPair[], runsDiffer: boolean): readonly TraceDifference[] {
  return servers.map(({ a, b }) => {
    const here = [a, b].every((host) => isLoopbackHost(host.replace(/:\d+$/, '')));
    return {
      title: 'Server',
      side: 'sent',
      place: 'line',
      name: 'host',
      a,
      b,
      weight: here ? 'expected' : runsDiffer ? 'cause' : 'notable',
      remark: here ? 'both on this machine' : null,
    };
  });
}
