// Stands in for chalk in the bundle that has to start fastest: the same escape sequences for what src/output/view.ts
// uses, without looking at the environment. A test compares what both bundles print in colour.
const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

function painter(level, open, close) {
  const paint = (text) => (level === 0 || text === '' ? text : `${open}${text}${close}`);
  for (const [name, [on, off]] of Object.entries(codes)) {
    // Made when asked for: a painter of every combination has no end.
    Object.defineProperty(paint, name, {
      get: () => painter(level, `${open}\u001b[${on}m`, `\u001b[${off}m${close}`),
    });
  }
  return paint;
}

/** Like the class of that name in chalk, as far as it is used. */
export class Chalk {
  constructor({ level }) {
    // biome-ignore lint/correctness/noConstructorReturn: chalk's own class returns a painter as well.
    return painter(level, '', '');
  }
}
