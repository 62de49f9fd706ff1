import type { KeyReport } from './decode-document.ts';
import type { KeyDocument } from './documents.ts';
import { type Row, renderRows } from './rows.ts';
import { createStyle } from './style.ts';
import type { View } from './view.ts';

/** More keys than this are counted, not shown. */
const mostKeys = 20;

const words = {
  verified: 'verified the signature',
  decrypted: 'decrypted the token',
  failed: 'failed',
  set_aside: 'set aside',
};

/** Which keys were tried with a token, the one that worked first, and why the others did not. */
export function renderTrials(report: KeyReport | undefined, view: View): string[] {
  if (report === undefined) return [];
  const style = createStyle(view);
  const worked = report.tried.filter(({ outcome }) => outcome === 'verified' || outcome === 'decrypted');
  const others = report.tried.filter((trial) => !worked.includes(trial));
  const rows = [...worked, ...others].map(({ outcome, reason, ...key }): Row => {
    const why = reason === '' ? words[outcome] : `${words[outcome]}: ${reason}`;
    return {
      name: key.kid ?? 'no kid',
      value: [describe(key), why].filter((text) => text !== '').join(', '),
      ...(outcome === 'set_aside' ? { tone: 'dim' } : { tone: outcome === 'failed' ? 'bad' : 'ok' }),
    };
  });
  const left = rows.length - mostKeys;
  return [
    `  ${style.dim('Keys')}`,
    ...renderRows([{ name: 'from', value: report.source }, ...rows.slice(0, mostKeys)], view, style, 4),
    ...(left > 0 ? [`    ${style.dim(`and ${left} more, which --json has`)}`] : []),
  ];
}

function describe({ kty, crv, alg, size }: KeyDocument): string {
  if (kty === 'oct' && size !== null) {
    return [alg, `secret, ${size / 8} octets`].filter((trait) => trait !== null).join(' ');
  }
  const bits = size === null || crv !== null ? null : `${size} bits`;
  return [kty, crv, alg, bits].filter((trait) => trait !== null).join(' ');
}
