/** Names of characters that follow each other from U+00A0 and U+03B1; letters with accents are made of their parts. */
const blocks: readonly (readonly [number, string])[] = [
  [
    0xa0,
    'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute ' +
      'micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest',
  ],
  [
    0x3b1,
    'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon ' +
      'phi chi psi omega',
  ],
];
/** Each name with its character behind it, and those of the blocks. */
const makeEntities = (): ReadonlyMap<string, string> =>
  new Map([
    ...blocks.flatMap(([first, names]) =>
      names.split(' ').map((name, index) => [name, String.fromCharCode(first + index)] as const),
    ),
    ...(
      'amp& lt< gt> quot" apos\' sol/ excl! num# dollar$ percnt% lpar( rpar) ast* plus+ comma, period. colon: semi; ' +
      'equals= quest? commat@ lbrack[ lsqb[ bsol\\ rbrack] rsqb] hat^ lowbar_ grave` lbrace{ lcub{ verbar| vert| ' +
      'rbrace} rcub} szligß aeligæ oeligœ oslashø ethð thornþ times× divide÷ euro€ trade™ hellip… ndash– mdash— bull• ' +
      'lsquo‘ rsquo’ ldquo“ rdquo” midast* underbar_ diacriticalgrave` verticalline| lstrokł dstrokđ hstrokħ tstrokŧ ' +
      'engŋ inodotı imathı tab\t newline\n nonbreakingspace\u00a0 zerowidthspace\u200b zwnj\u200c zwj\u200d nobreak\u2060'
    )
      .split(' ')
      .map((pair) => [pair.slice(0, -1), pair.slice(-1)] as const),
  ]);
/** Combining characters, for `auml` and its like. */
const accents: ReadonlyMap<string, string> = new Map([
  ['grave', '\u0300'],
  ['acute', '\u0301'],
  ['circ', '\u0302'],
  ['tilde', '\u0303'],
  ['uml', '\u0308'],
  ['ring', '\u030a'],
  ['caron', '\u030c'],
  ['macr', '\u0304'],
  ['breve', '\u0306'],
  ['dot', '\u0307'],
  ['dblac', '\u030b'],
  ['ogon', '\u0328'],
  ['cedil', '\u0327'],
]);

let entities: ReadonlyMap<string, string> | undefined;

/** The character that a name of HTML stands for, in any letter case; undefined for a name that is not known here. */
export function characterNamed(name: string): string | undefined {
  entities ??= makeEntities();
  const lower = name.toLowerCase();
  const accent = accents.get(lower.slice(1));
  const found = entities.get(lower) ?? (accent && (lower.charAt(0) + accent).normalize('NFC'));
  const isCapital = lower.charAt(0) !== name.charAt(0);
  return isCapital ? found?.toUpperCase() : found;
}
