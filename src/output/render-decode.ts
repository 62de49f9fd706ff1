import { isDpopProof } from '../checks/dpop-proof.ts';
import type { KeyDescription } from '../jose/jwk-description.ts';
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
import { createLayout, joinLines, type Layout, type RowEntry, rowsOf } from './layout.ts';
import { renderChecks } from './render-checks.ts';
import { renderDiagnosis } from './render-diagnosis.ts';
import { renderJwt, tokenLabel } from './render-jwt.ts';
import { inertLines } from './terminal-text.ts';
import type { View } from './view.ts';
import { wrapText } from './width.ts';

type Page = Layout<View>;

/** Decoded tokens as text ending in a line feed: each with how far to trust it, its content whole, and its checks. */
export function renderDecode({ tokens, identity = [], checks = [] }: DecodeDocument, view: View): string {
  // A token was given to be read: what is inside one is shown whole.
  const page = createLayout({ ...view, showSecrets: true });
  const lines = tokens.flatMap((token) => renderToken(token, nameOf(token), page));
  const rows = identity.map(({ claim, value, meaning }): RowEntry => [claim, value, { note: meaning }]);
  return joinLines([
    ...lines.slice(1),
    ...(rows.length === 0 ? [] : page.part('Identity of the job', rowsOf(...rows))),
    ...renderChecks(checks, page, identity.length > 0 ? 'Conditions' : 'Expectations'),
  ]);
}

function nameOf({ name, type, header }: TokenDocument): string {
  const kinds = { jws: 'JWT', jwe: 'Encrypted JWT', sd_jwt: 'SD-JWT', opaque: 'Opaque token' };
  const kind = header !== null && isDpopProof(header) ? 'DPoP proof' : kinds[type];
  return name === null ? kind : `${name} (${kind})`;
}

function renderToken(token: TokenDocument, title: string, page: Page): string[] {
  if (token.type === 'opaque') return renderOpaque(token, title, page);
  const { header } = token;
  const nested = token.type === 'jwe' ? token.nested : undefined;
  const claims =
    token.type === 'sd_jwt' ? token.disclosed_claims : nested === undefined ? token.claims : null;
  return [
    ...renderJwt(title, { header, claims }, tokenLabel(token), page),
    ...renderParts(token, page),
    ...renderTrials(token.key, page),
    ...renderAfterword(token, page),
    ...(nested === undefined ? [] : renderToken(nested, `Inside: ${nameOf(nested)}`, page)),
  ];
}

function renderParts(token: JwsDocument | JweDocument | SdJwtDocument, page: Page): string[] {
  switch (token.type) {
    case 'jws':
      return [...renderPayload(token.payload, page), ...renderSignature(token.signature, page)];
    case 'jwe': {
      const parts = Object.entries(token.octets).map(
        ([name, octets]): RowEntry => [name.replaceAll('_', ' '), `${octets} octets`],
      );
      return [...page.part('Encrypted parts', rowsOf(...parts)), ...renderPayload(token.payload, page)];
    }
    case 'sd_jwt':
      return renderDisclosures(token, page);
  }
}

function renderDisclosures(token: SdJwtDocument, page: Page): string[] {
  const { disclosures, hidden_digests: hidden, key_binding: binding } = token;
  const disclosed = disclosures.map((disclosure): RowEntry => {
    const { path, name, salt } = disclosure;
    const note = salt === null ? '' : `salt ${salt}`;
    const value = formatJsonMember(disclosure, 'value', page.view);
    return [path ?? name ?? '(element)', value, { note, ...(path === null && { tone: 'bad' }) }];
  });
  const hiddenCount = hidden === 0 ? null : `${hidden} ${hidden === 1 ? 'digest' : 'digests'}`;
  const bindingRows = claimRows({ ...binding?.header, ...binding?.claims }, page.view);
  return [
    ...page.part('Disclosures', rowsOf(...disclosed, ['hidden', hiddenCount, { tone: 'dim' }])),
    ...renderSignature(token.signature, page),
    ...(binding === null ? [] : page.part('Key binding JWT', bindingRows)),
  ];
}

function renderOpaque(token: OpaqueDocument, title: string, page: Page): string[] {
  const sentences = [
    ...token.looks_like,
    'Only the server that issued it knows what it stands for; oauth-code introspect asks it (RFC 7662).',
  ];
  return [
    ...page.heading(title, { text: 'not a JWT: nothing in it can be decoded' }),
    ...sentences.flatMap((sentence) => page.paragraph(sentence, { indent: 4, lead: page.bullet })),
    ...renderRemarks(token.remarks, page),
  ];
}

function renderPayload(payload: PayloadDocument | undefined, page: Page): string[] {
  if (payload === undefined) return [];
  const isText = payload.encoding === 'text';
  const text = isText ? inertLines(payload.value) : payload.value;
  return [
    ...page.part(isText ? 'Payload, which is not a JSON object' : 'Payload, as hexadecimal', []),
    ...wrapText(text, page.columns - 4).map((line) => `    ${line}`),
  ];
}

function renderSignature(signature: SignatureDocument | null, page: Page): string[] {
  if (signature === null) return [...page.part('Signature', []), '    missing'];
  if (signature.octets === 0) return [...page.part('Signature', []), '    empty'];
  // A line of whole octets, in multiples of eight where there is room; the rest says nothing to a person.
  const fitting = Math.floor((page.columns - 4) / 2);
  const octets = fitting >= 8 ? fitting - (fitting % 8) : fitting;
  const rest = signature.octets - octets;
  return [
    ...page.part(`Signature, ${signature.octets} octets`, []),
    `    ${signature.hex.slice(0, octets * 2)}`,
    ...(rest > 0 ? [`    ${page.ellipsis} and ${rest} more octets: see --json`] : []),
  ];
}

/** The checks that were asked for; without any, remarks on oddities and the options that ask for checks. */
function renderAfterword(token: JwsDocument | JweDocument | SdJwtDocument, page: Page): string[] {
  if (token.judged) {
    const causes = (token.diagnosis ?? []).flatMap((cause, index) =>
      renderDiagnosis(cause, `${index + 1}.`, page),
    );
    return [
      ...renderRemarks(token.remarks, page),
      ...renderChecks(token.checks, page),
      ...(causes.length === 0 ? [] : ['', page.strong('Likely causes'), ...causes]),
    ];
  }
  const odd = token.checks.filter(({ outcome }) => outcome === 'warn').map(({ detail }) => detail);
  const hint = isDpopProof(token.header)
    ? 'Every rule of a proof: --as dpop-proof. Against its request: oauth-code debug RECORDING.'
    : token.type === 'jwe'
      ? 'To decrypt it: --decryption-key FILE.'
      : 'To verify it: --issuer URL, --jwks FILE|URL or --key FILE.';
  return [...renderRemarks([...token.remarks, ...odd], page), ...page.paragraph(hint, { paint: page.dim })];
}

function renderRemarks(remarks: readonly string[], page: Page): string[] {
  return remarks.flatMap((remark) => page.paragraph(remark, { indent: 4, lead: page.mark('warn') }));
}

/** More keys than this are counted, not shown. */
const mostKeys = 20;

const words = {
  verified: 'verified the signature',
  decrypted: 'decrypted the token',
  failed: 'failed',
  set_aside: 'set aside',
};

const tones = { verified: 'ok', decrypted: 'ok', failed: 'bad', set_aside: 'dim' } as const;

/** Which keys were tried with a token, the one that worked first, and why the others did not. */
function renderTrials(report: KeyReport | undefined, page: Page): string[] {
  if (report === undefined) return [];
  const worked = report.tried.filter(({ outcome }) => outcome === 'verified' || outcome === 'decrypted');
  const others = report.tried.filter((trial) => !worked.includes(trial));
  const trials = [...worked, ...others].map(({ outcome, reason, ...key }): RowEntry => {
    const why = reason === '' ? words[outcome] : `${words[outcome]}: ${reason}`;
    const value = [describe(key), why].filter((text) => text !== '').join(', ');
    return [key.kid ?? 'no kid', value, { tone: tones[outcome] }];
  });
  const left = trials.length - mostKeys;
  return [
    ...page.part('Keys', rowsOf(['from', report.source], ...trials.slice(0, mostKeys))),
    ...(left > 0 ? [`    ${page.dim(`and ${left} more, which --json has`)}`] : []),
  ];
}

function describe({ kty, crv, alg, size }: KeyDescription): string {
  if (kty === 'oct' && size !== null) {
    return [alg, `secret, ${size / 8} octets`].filter((trait) => trait !== null).join(' ');
  }
  const bits = size === null || crv !== null ? null : `${size} bits`;
  return [kty, crv, alg, bits].filter((trait) => trait !== null).join(' ');
}
