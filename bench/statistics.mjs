// The few statistics the benchmarks report: medians and quartiles, because single slow rounds are common.

/** The value at `fraction` of the sorted list, interpolated between its neighbours. */
function quantile(sorted, fraction) {
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  return below + (above - below) * (position - Math.floor(position));
}

/** Median and interquartile range, rounded to `digits`; undefined for no values. */
export function summarize(values, digits = 1) {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (fraction) => Number(quantile(sorted, fraction).toFixed(digits));
  return { median: at(0.5), q1: at(0.25), q3: at(0.75) };
}

/** Summary of `values[i] / base[i]`: rounds are compared with their own neighbour in time, never across. */
export function summarizeRatios(values, base) {
  return summarize(
    values.map((value, index) => value / base[index]),
    3,
  );
}

/** The list in a random order (Fisher and Yates). */
export function shuffled(list) {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}

/**
 * Runs every named measurement once a round, in a new random order each time, and returns the values of each
 * name by round; the warm-up rounds are thrown away.
 */
export async function measureInterleaved(measurements, { rounds, warmUps }) {
  const names = Object.keys(measurements);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const name of shuffled(names)) {
      const value = await measurements[name]();
      if (round >= 0) results[name].push(value);
    }
  }
  return results;
}
