import type { CheckId } from '../checks/catalogue.ts';
import { type CheckResult, isVerified } from '../checks/check-result.ts';
import type { JsonObject } from '../json/json.ts';
import { claimRows, formatJsonMember, headerRows } from './claim-rows.ts';
import type { TokenDocument } from './decode-document.ts';
import type { DecodedDocument } from './documents.ts';
import type { HeadingLabel, Layout } from './layout.ts';
import type { View } from './view.ts';

/** A decoded JWT as lines: a heading that says how far to trust it, its header, its claims. */
export function renderJwt(
  title: string,
  { header, claims }: DecodedDocument,
  label: HeadingLabel,
  layout: Layout<View>,
  said?: JsonObject,
): string[] {
  return [
    ...layout.heading(title, label),
    ...layout.part('Header', headerRows(header, layout.view)),
    ...(claims === null ? [] : [...layout.part('Claims', []), ...renderClaims(claims, layout, 4, said)]),
  ];
}

/** Claims as lines; those that only repeat what the ID token said are named in the last one. */
export function renderClaims(
  claims: JsonObject,
  layout: Layout<View>,
  indent: number,
  said: JsonObject = {},
): string[] {
  const whole = (object: JsonObject, name: string) => formatJsonMember(object, name, { showSecrets: true });
  const repeats = (name: string) => Object.hasOwn(said, name) && whole(claims, name) === whole(said, name);
  const rows = claimRows(claims, layout.view);
  const repeated = rows.map(({ name }) => name).filter(repeats);
  const text = `${repeated.length < rows.length ? `and ${repeated.length} ` : ''}as in the ID token: ${repeated.join(', ')}`;
  return [
    ...layout.rows(
      rows.filter(({ name }) => !repeats(name)),
      indent,
    ),
    ...(repeated.length === 0 ? [] : layout.paragraph(text, { indent, paint: layout.dim })),
  ];
}

/** How far the claims of an ID token can be trusted, read from the checks that were made of it. */
export function idTokenLabel(decoded: DecodedDocument, checks: readonly CheckResult[]): HeadingLabel {
  const own = checks.filter((check) => check.id.startsWith('id-token'));
  const failed = failedLabel(own);
  if (failed !== undefined) return failed;
  if (decoded.claims === null) return { mark: 'unverified', text: 'encrypted, NOT readable here' };
  return outcomeOf('id-token-signature', checks) === 'pass'
    ? (warnedLabel(own, 'signature verified, but ') ?? { mark: 'pass', text: 'verified' })
    : { mark: 'unverified', text: 'decoded, NOT verified' };
}

/** How far UserInfo can be trusted: it came over TLS, and may be signed besides (OIDC Core §5.3.4). */
export function userinfoLabel(checks: readonly CheckResult[]): HeadingLabel {
  const own = checks.filter((check) => check.id.startsWith('userinfo'));
  const judged = failedLabel(own) ?? warnedLabel(own);
  if (judged !== undefined) return judged;
  if (isVerified('userinfo', checks)) return { mark: 'pass', text: 'verified: subject as in the ID token' };
  return { mark: 'unverified', text: 'NOT verified against an ID token' };
}

/** Only the resource server can judge an access token (RFC 9068 §5). */
export const accessTokenLabel: HeadingLabel = {
  mark: 'unverified',
  text: 'decoded, NOT verified: its audience is the API',
};

/** How far a pasted token can be trusted. */
export function tokenLabel(token: TokenDocument): HeadingLabel {
  const failed = failedLabel(token.checks);
  if (failed !== undefined) {
    const isGood = token.type === 'jws' && token.verified === true;
    return isGood ? { ...failed, text: `${failed.text}; the signature is good` } : failed;
  }
  if (token.type === 'jwe') {
    return token.decrypted === true
      ? { mark: 'pass', text: 'decrypted' }
      : { mark: 'unverified', text: 'encrypted, NOT readable without --decryption-key' };
  }
  if (token.verified !== true) {
    const isAsked = token.type !== 'opaque' && token.key !== undefined;
    const text = isAsked ? 'NOT verified: the keys could not be fetched' : 'decoded, NOT verified';
    return { mark: 'unverified', text };
  }
  return (
    warnedLabel(token.checks, 'signature verified, but ') ?? { mark: 'pass', text: 'signature verified' }
  );
}

function outcomeOf(id: CheckId, checks: readonly CheckResult[]) {
  return checks.find((check) => check.id === id)?.outcome;
}

function failedLabel(checks: readonly CheckResult[]): HeadingLabel | undefined {
  const failed = titles(checks, 'fail');
  return failed === '' ? undefined : { mark: 'fail', text: `FAILED: ${failed}` };
}

function warnedLabel(checks: readonly CheckResult[], lead = ''): HeadingLabel | undefined {
  const warnings = titles(checks, 'warn');
  return warnings === '' ? undefined : { mark: 'warn', text: `${lead}look at: ${warnings}` };
}

function titles(checks: readonly CheckResult[], wanted: CheckResult['outcome']): string {
  // A title that begins with an abbreviation, such as JWT, keeps it.
  return checks
    .filter(({ outcome }) => outcome === wanted)
    .map(({ title }) => title.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase()))
    .join(', ');
}
