import type { Situation } from './situation.ts';

/**
 * Says that a person gave a value which the tool would have made itself, and where to take it out; undefined when
 * nobody did. Names are those of {@link Situation.given}.
 */
export function givenInstead(
  { given }: Pick<Situation, 'given'>,
  names: readonly string[],
): { readonly why: string; readonly remedy: string } | undefined {
  const found = names.flatMap((name) => {
    const source = given[name];
    const parameter = name.split(' ').at(-1) ?? name;
    return source === undefined ? [] : [{ parameter, source }];
  });
  if (found.length === 0) return undefined;
  const parameters = found.map(({ parameter }) => parameter).join(' and ');
  const sources = [...new Set(found.map(({ source }) => source))].join(' and ');
  return {
    why: `${parameters} was given by ${sources}, in place of the value this tool uses.`,
    remedy: `Take ${parameters} out of ${sources}.`,
  };
}
