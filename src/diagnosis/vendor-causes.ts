import { providers } from '../providers/find-provider.ts';
import type { ProviderError } from '../providers/provider.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Situation } from './situation.ts';

/** The causes that codes and texts of a provider name themselves. Found by what the server writes, never by its host. */
export function vendorCauses({ text, endpoint }: Pick<Situation, 'text' | 'endpoint'>): readonly Diagnosis[] {
  const matches = errorRows().flatMap((row) => {
    const found = (row.endpoint ?? endpoint) === endpoint ? row.pattern.exec(text)?.[0] : undefined;
    return found === undefined ? [] : [{ row, found }];
  });
  return (
    matches
      // Words that follow a code of one server may be all that another one says.
      .filter(({ row }) => row.source === matches[0]?.row.source)
      .map(({ row, found }) => ({
        cause: row.cause,
        why: `The answer says ${JSON.stringify(found.slice(0, 80))}.`,
        try: row.try,
        confidence: row.confidence ?? 'high',
        source: row.source,
      }))
  );
}

type ErrorRow = ProviderError & { readonly source: string; readonly pattern: RegExp };

let rows: readonly ErrorRow[] | undefined;

function errorRows(): readonly ErrorRow[] {
  rows ??= providers.flatMap(({ errors = {} }) =>
    Object.entries(errors).flatMap(([source, meanings]) =>
      Object.entries(meanings).map(([written, error]) => ({
        ...error,
        source,
        pattern: patternOf(written, error.exactCase),
      })),
    ),
  );
  return rows;
}

/** Finds what a server writes, as {@link ProviderError} describes it. */
function patternOf(written: string, exactCase = false): RegExp {
  const alternatives = written.split('|');
  const source = alternatives.map((text) =>
    /^\w+$/.test(text)
      ? `\\b${text}\\b`
      : text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('…', '[^\\n]{1,200}?'),
  );
  const isCode = alternatives.every((text) => /^\w+$/.test(text));
  return new RegExp(source.join('|'), exactCase || isCode ? '' : 'i');
}
