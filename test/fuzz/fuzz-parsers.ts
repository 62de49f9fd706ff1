import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { mutatedText, pumpedText } from './mutated-text.ts';
import { type Watch, watchForHangs } from './watch-for-hangs.ts';

/** Something that reads foreign text. */
export interface FuzzedParser {
  readonly name: string;
  /** Sound texts, and such as are known to be read in spite of what is wrong with them. */
  readonly seeds: readonly string[];
  /** Pieces of its language that are not in every text. */
  readonly fragments?: readonly string[];
  /** Reads the text; for octets, each character stands for one. Throws when what came of it may not be. */
  readonly parse: (text: string) => unknown;
  /** What it says it throws; `Error` is that class alone, with a reason of ours. Nothing when left out. */
  readonly refusesWith?: readonly (abstract new (
    ...args: never[]
  ) => Error)[];
  /** The part of all runs that is made, for what takes long. */
  readonly share?: number;
  /** No text longer than this is given; 0 for none that is long at all. */
  readonly longest?: number;
}

// `npm run nightly` makes 100,000 of each. A failure names how it is run again, with the name of the parser:
// FUZZ_SEED=… FUZZ_PATH=… npx vitest run --project unit test/fuzz -t 'the name of the parser'
const { FUZZ_RUNS, FUZZ_SEED, FUZZ_PATH } = process.env;
const runs = Number(FUZZ_RUNS ?? 60);
const isNight = runs > 10_000;
const replay = {
  ...(FUZZ_SEED === undefined ? {} : { seed: Number(FUZZ_SEED) }),
  ...(FUZZ_PATH === undefined ? {} : { path: FUZZ_PATH }),
};
const timeout = 7_200_000;

/** How long, how many, and how much processor time each may take, which is many times what it does. */
interface LongTexts {
  readonly length: number;
  readonly count: number;
  readonly seconds: number;
}

/** Work that grows with the square of the length needs far more; the last are as long as any that are read. */
const longTexts: readonly LongTexts[] = isNight
  ? [
      { length: 100_000, count: 1500, seconds: 5 },
      { length: 9_900_000, count: 30, seconds: 60 },
    ]
  : [{ length: 60_000, count: 4, seconds: 4 }];

/** Lets each parser read texts that nobody meant it to, and long ones: it answers, or refuses as it says it does. */
export function fuzzParsers(parsers: readonly FuzzedParser[]): void {
  describe.each(parsers)('$name', (parser) => {
    const { name, seeds, fragments, share = 1, longest = Number.POSITIVE_INFINITY } = parser;
    let watch: Watch;
    beforeAll(() => {
      watch = watchForHangs(name);
    });
    afterAll(() => watch.stop());

    const read = async (text: string) => {
      watch.started(text);
      try {
        await readOrRefuse(parser, text);
      } finally {
        watch.ended();
      }
    };

    it('answers or refuses whatever it is given', { timeout }, async () => {
      const numRuns = Math.max(20, Math.round(runs * share));
      const startedAt = performance.now();
      const property = fc.asyncProperty(mutatedText(seeds, fragments), read);
      await fc.assert(property, { numRuns, reporter, ...replay });
      tell(`${name}: ${numRuns} inputs in ${seconds(performance.now() - startedAt)} s`);
    });

    const lengths = longTexts.filter(({ length }, index) => (index === 0 ? longest > 0 : length <= longest));
    it.each(lengths)('reads a text of $length in time', { timeout }, async (long) => {
      const length = Math.min(long.length, longest);
      let slowestMs = 0;
      const property = fc.asyncProperty(pumpedText(seeds, length, fragments), async (text) => {
        const before = process.cpuUsage();
        await read(text);
        const { user, system } = process.cpuUsage(before);
        const elapsedMs = (user + system) / 1000;
        slowestMs = Math.max(slowestMs, elapsedMs);
        if (elapsedMs > long.seconds * 1000) throw new Error(`took ${seconds(elapsedMs)} s`);
      });
      const numRuns = Math.max(4, Math.round(long.count * Math.sqrt(share)));
      await fc.assert(property, { numRuns, endOnFailure: true, reporter, ...replay });
      tell(`${name}: ${numRuns} texts of ${length}, the slowest in ${seconds(slowestMs)} s`);
    });
  });
}

async function readOrRefuse({ parse, refusesWith = [] }: FuzzedParser, text: string): Promise<void> {
  try {
    await parse(text);
  } catch (error) {
    if (!refusesWith.some((kind) => isOf(error, kind))) throw error;
  }
}

/** A reason of ours is a plain Error; what the engine or OpenSSL throws has a class or a code of its own. */
function isOf(error: unknown, kind: abstract new (...args: never[]) => Error): boolean {
  if (kind !== Error) return error instanceof kind;
  return error instanceof Error && Object.getPrototypeOf(error) === Error.prototype && !('code' in error);
}

/** Names the seed and shows the beginning of an input that may have millions of characters. */
function reporter({
  failed,
  seed,
  counterexamplePath,
  counterexample,
  errorInstance,
}: fc.RunDetails<[string]>) {
  if (!failed) return;
  const [text = ''] = counterexample ?? [];
  const shown = JSON.stringify(text.slice(0, 2000));
  const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  throw new Error(
    `FUZZ_SEED=${seed} FUZZ_PATH=${counterexamplePath}: ${reason}\nwith ${text.length} characters: ${shown}`,
    { cause: errorInstance },
  );
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

function tell(line: string): void {
  if (isNight) process.stderr.write(`${line}\n`);
}
