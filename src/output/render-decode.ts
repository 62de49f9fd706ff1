import { claimRows, formatJsonMember } from './claim-rows.ts';
import type {
  DecodeDocument,
  JweDocument,
  JwsDocument,
  KeyReport,
  OpaqueDocument,
  PayloadDocument,
  SdJwtDocument,
  SignatureDocument,
  TokenDocument,
} from './decode-document.ts';
import type { KeyDocument } from './documents.ts';
import { type Row, renderHeading, renderRows } from './layout.ts';
import { renderChecks } from './render-checks.ts';
import { renderJwt, tokenLabel } from './render-jwt.ts';
import { inertLines, inertText } from './terminal-text.ts';
import { createStyle, layoutColumns, type View } from './view.ts';
import { wrapText } from './width.ts';

/** More octets of a signature than this are counted, not shown. */
const mostSignatureOctets = 1024;

/** Decoded tokens as text ending in a line feed: each with how far to trust it, its content whole, and its checks. */
export function renderDecode({ tokens, checks = [] }: DecodeDocument, view: View): string {
  // A token was given to be read: what is inside one is shown whole.
  const whole = { ...view, showSecrets: true };
  const lines = tokens.flatMap((token) => renderToken(token, nameOf(token), whole));
  return `${[...lines.slice(1), ...renderChecks(checks, view, 'Expectations')].join('\n')}\n`;
}

function nameOf({ name, type }: TokenDocument): string {
  const kinds = { jws: 'JWT', jwe: 'Encrypted JWT', sd_jwt: 'SD-JWT', opaque: 'Opaque token' };
  return name === null ? kinds[type] : `${name} (${kinds[type]})`;
}

function renderToken(token: TokenDocument, title: string, view: View): string[] {
  switch (token.type) {
    case 'jws':
      return [
        ...renderJwt(title, token, tokenLabel(token), view),
        ...renderPayload(token.payload, view),
        ...renderSignature(token.signature, view),
        ...renderTrials(token.key, view),
        ...renderAfterword(token, view),
      ];
    case 'jwe':
      return renderEncrypted(token, title, view);
    case 'sd_jwt':
      return renderSdJwt(token, title, view);
    case 'opaque':
      return renderOpaque(token, title, view);
  }
}

function renderEncrypted(token: JweDocument, title: string, view: View): string[] {
  const style = createStyle(view);
  const { octets, nested } = token;
  const own = nested === undefined ? token.claims : null;
  return [
    ...renderJwt(title, { header: token.header, claims: own }, tokenLabel(token), view),
    `  ${style.dim('Encrypted parts')}`,
    ...renderRows(
      [
        { name: 'encrypted key', value: `${octets.encrypted_key} octets` },
        { name: 'initialization vector', value: `${octets.initialization_vector} octets` },
        { name: 'ciphertext', value: `${octets.ciphertext} octets` },
        { name: 'authentication tag', value: `${octets.authentication_tag} octets` },
      ],
      view,
      style,
      4,
    ),
    ...renderPayload(token.payload, view),
    ...renderTrials(token.key, view),
    ...renderAfterword(token, view),
    ...(nested === undefined ? [] : renderToken(nested, `Inside: ${nameOf(nested)}`, view)),
  ];
}

function renderSdJwt(token: SdJwtDocument, title: string, view: View): string[] {
  const style = createStyle(view);
  const { disclosures, hidden_digests: hidden, key_binding: binding } = token;
  const rows = disclosures.map((disclosure) => {
    const { path, name, salt } = disclosure;
    return {
      name: path ?? name ?? '(element)',
      value: formatJsonMember(disclosure, 'value', view),
      ...(salt === null ? {} : { note: `salt ${salt}` }),
      ...(path === null ? ({ tone: 'bad' } as const) : {}),
    };
  });
  const hiddenRow = {
    name: 'hidden',
    value: `${hidden} ${hidden === 1 ? 'digest' : 'digests'}`,
    tone: 'dim',
  } as const;
  return [
    ...renderJwt(title, { header: token.header, claims: token.disclosed_claims }, tokenLabel(token), view),
    `  ${style.dim('Disclosures')}`,
    ...renderRows(hidden === 0 ? rows : [...rows, hiddenRow], view, style, 4),
    ...renderSignature(token.signature, view),
    ...(binding === null ? [] : renderBinding()),
    ...renderTrials(token.key, view),
    ...renderAfterword(token, view),
  ];

  function renderBinding(): string[] {
    const rows = claimRows({ ...binding?.header, ...binding?.claims }, view);
    return [`  ${style.dim('Key binding JWT')}`, ...renderRows(rows, view, style, 4)];
  }
}

function renderOpaque(token: OpaqueDocument, title: string, view: View): string[] {
  const style = createStyle(view);
  const room = layoutColumns(view) - 4;
  const sentences = [
    ...token.looks_like,
    'Only the server that issued it knows what it stands for; oauth-code introspect asks it (RFC 7662).',
  ];
  return [
    ...renderHeading(title, { text: 'no JWT, so nothing in it can be read' }, view, style),
    ...sentences.flatMap((sentence) =>
      wrapText(inertText(sentence), room).map(
        (line, index) => `  ${index === 0 ? style.bullet : ' '} ${line}`,
      ),
    ),
    ...renderRemarks(token.remarks, view),
  ];
}

function renderPayload(payload: PayloadDocument | undefined, view: View): string[] {
  if (payload === undefined) return [];
  const style = createStyle(view);
  const text = payload.encoding === 'text' ? inertLines(payload.value) : payload.value;
  return [
    `  ${style.dim(payload.encoding === 'text' ? 'Payload, which is no JSON object' : 'Payload, as hexadecimal')}`,
    ...wrapText(text, layoutColumns(view) - 4).map((line) => `    ${line}`),
  ];
}

function renderSignature(signature: SignatureDocument | null, view: View): string[] {
  const style = createStyle(view);
  if (signature === null) return [`  ${style.dim('Signature')}`, '    missing'];
  if (signature.octets === 0) return [`  ${style.dim('Signature')}`, '    empty'];
  const shown = signature.hex.slice(0, mostSignatureOctets * 2);
  const rest = signature.octets - shown.length / 2;
  // Whole octets on a line, in multiples of eight where there is room.
  const fitting = Math.floor((layoutColumns(view) - 4) / 2);
  const octets = fitting >= 8 ? fitting - (fitting % 8) : fitting;
  return [
    `  ${style.dim(`Signature, ${signature.octets} octets`)}`,
    ...(shown.match(new RegExp(`.{1,${octets * 2}}`, 'g')) ?? []).map((line) => `    ${line}`),
    ...(rest > 0 ? [`    ${style.ellipsis} and ${rest} more octets, which --json has`] : []),
  ];
}

/** What was asked for is answered check by check; else what is odd is remarked, and how to ask is said. */
function renderAfterword(token: JwsDocument | JweDocument | SdJwtDocument, view: View): string[] {
  if (token.judged) return [...renderRemarks(token.remarks, view), ...renderChecks(token.checks, view)];
  const odd = token.checks.filter(({ outcome }) => outcome === 'warn').map(({ detail }) => detail);
  const style = createStyle(view);
  const hint =
    token.type === 'jwe'
      ? 'To decrypt it: --decryption-key FILE.'
      : 'To verify it: --issuer URL, --jwks FILE|URL or --key FILE.';
  return [
    ...renderRemarks([...token.remarks, ...odd], view),
    ...wrapText(hint, layoutColumns(view) - 2).map((line) => `  ${style.dim(line)}`),
  ];
}

function renderRemarks(remarks: readonly string[], view: View): string[] {
  const style = createStyle(view);
  return remarks.flatMap((remark) =>
    wrapText(inertText(remark), layoutColumns(view) - 4).map(
      (line, index) => `  ${index === 0 ? style.mark('warn') : ' '} ${line}`,
    ),
  );
}

/** More keys than this are counted, not shown. */
const mostKeys = 20;

const words = {
  verified: 'verified the signature',
  decrypted: 'decrypted the token',
  failed: 'failed',
  set_aside: 'set aside',
};

/** Which keys were tried with a token, the one that worked first, and why the others did not. */
function renderTrials(report: KeyReport | undefined, view: View): string[] {
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
