import type { OptionReader } from './option-reader.ts';
import type { GivenSetting } from './setting-layers.ts';

/** Settings that were found elsewhere or asked for, by long option without dashes. */
export type Answers = ReadonlyMap<string, readonly string[]>;

/** Reads the answers as if they had been typed as options, and for everything else the options. */
export function withAnswers(options: OptionReader, answers: Answers, sourceOf: string): OptionReader {
  const answered = (name: string): GivenSetting | undefined => {
    const values = answers.get(name);
    return values && { name, values, place: 'flag', source: `${sourceOf} (${name})` };
  };
  return {
    ...options,
    text: (name) => answered(name)?.values.at(-1) ?? options.text(name),
    list: (name) => answered(name)?.values ?? options.list(name),
    isOn(name) {
      const given = answered(name);
      return given === undefined ? options.isOn(name) : given.values.at(-1) === 'true';
    },
    source: (name) => answered(name)?.source ?? options.source(name),
    place: (name) => answered(name)?.place ?? options.place(name),
    strongest(names) {
      const found = names.flatMap((name) => answered(name) ?? []);
      return found.length === 0 ? options.strongest(names) : found;
    },
  };
}

/** The same reader without variables: they are there for every run anyway, and only what was typed is meant. */
export function flagsOnly(options: OptionReader): OptionReader {
  const isFlag = (name: string) => options.place(name) === 'flag';
  return {
    ...options,
    text: (name) => (isFlag(name) ? options.text(name) : undefined),
    list: (name) => (isFlag(name) ? options.list(name) : []),
    isOn: (name) => isFlag(name) && options.isOn(name),
    strongest: (names) => options.strongest(names).filter(({ place }) => place === 'flag'),
  };
}
