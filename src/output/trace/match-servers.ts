import { isLoopbackHost } from '../../protocol/redirect-uri.ts';
import type { Recording } from '../../recording/recording.ts';
import type { TraceDifference } from './comparison.ts';
import { mapStrings, mapTrace } from './map-trace.ts';
import { serversOf } from './trace-headline.ts';

/** The names of one server in two runs. */
export interface ServerPair {
  readonly a: string;
  readonly b: string;
}

/** Servers in the order they were met; to be compared, those of the other run go by the names of this one. */
export function matchServers(a: Recording, b: Recording): readonly ServerPair[] {
  const [hostsA, hostsB] = [serversOf(a), serversOf(b)];
  return hostsA.flatMap((host, index) => {
    const other = hostsB[index];
    return other === undefined || other === host ? [] : [{ a: host, b: other }];
  });
}

/** A trace with the servers under the names of the other run. */
export function withServers(trace: Recording, servers: readonly ServerPair[]): Recording {
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
export function serverDifferences(
  servers: readonly ServerPair[],
  runsDiffer: boolean,
): readonly TraceDifference[] {
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
