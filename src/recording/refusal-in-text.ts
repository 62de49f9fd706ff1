import { type FoundRefusal, findRefusals } from '../providers/client-libraries.ts';
import { type RecordedEvent, savedExchange } from './recording.ts';

/** A place in a text. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Refusals nearer to each other than so many characters are of one failure: libraries wrap the errors of others. */
const near = 600;
const mostRefusals = 10;

/**
 * The refusals of client libraries that a text quotes, those of one failure together and each failure once. What
 * stands inside of an error of a server is that server's.
 */
export function refusalsInText(text: string, errors: readonly Span[]): readonly Span[] {
  const seen = new Set<string>();
  const groups: FoundRefusal[][] = [];
  for (const found of findRefusals(text)) {
    // Such words stand for an error that is not told.
    if (['refused', 'status'].includes(found.refusal) && errors.length > 0) continue;
    if (errors.some(({ start, end }) => start < found.start && found.start < end)) continue;
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && found.start - last.end < near) group.push(found);
    else groups.push([found]);
  }
  return groups
    .filter((group) => group.some(({ refusal }) => !seen.has(refusal) && seen.add(refusal)))
    .slice(0, mostRefusals)
    .map((group) => ({ start: group[0]?.start ?? 0, end: endOfLine(text, group.at(-1)?.end ?? 0) }));
}

function endOfLine(text: string, index: number): number {
  const end = text.indexOf('\n', index);
  return end === -1 ? text.length : end;
}

/** The code of the error in the event of a refusal. */
export const refusedByClient = 'refused_by_client';

/** The event of a refusal. */
export function refusalEvent(text: string, { start, end }: Span, source: string): RecordedEvent {
  const line = text.slice(start, end).slice(0, 2000).trimEnd();
  // A log has a quote behind it that was opened before.
  const isOpened = (line.match(/"/g)?.length ?? 0) % 2 === 1;
  // Loggers write line breaks as they stand in JSON; exceptions that wrap others say the same again.
  const lines = (isOpened ? line.replace(/"$/, '') : line).split(/(?:\\r)?\\n|\r?\n/);
  const quoted = lines
    .filter((one, at) => !lines.slice(0, at).some((before) => before.includes(one.trim())))
    .join('\n');
  return { ...savedExchange({ source, error: { code: refusedByClient, message: quoted } }), quoted };
}

/** Whether it is a refusal for want of something that could not be fetched: then the network says why. */
export function isOfUnreachable(event: RecordedEvent): boolean {
  return (
    event.type === 'exchange' &&
    event.error?.code === refusedByClient &&
    findRefusals(event.error.message).some(({ refusal }) => refusal.startsWith('fetch_'))
  );
}
