import { type Ours, own, recall, remember, Said, say, type Text } from '../say.ts';
import { type CatalogueEntry, type CheckId, catalogue } from './catalogue.ts';
import { shownValue } from './shown-value.ts';

/** How a check ended. */
export type CheckOutcome = 'pass' | 'fail' | 'warn' | 'skipped';

/** The compared values, where a check compares. */
export interface Compared {
  readonly expected?: string;
  readonly received?: string;
}

/** How a check ended and why, before it is given the id of a check: several checks may judge alike. */
export interface Verdict extends Compared {
  readonly outcome: CheckOutcome;
  /** One sentence about this message or token. Never holds a secret. */
  readonly detail: string;
}

/** The same as a check is given them: a text is foreign, and words of ours are said. */
export type Comparing = { readonly [K in keyof Compared]: Text | undefined };

/** The compared values as plain data, which remember what of them is ours. */
export function rememberCompared({ expected, received }: Comparing): Compared {
  const plain = (value: Text) => (value instanceof Said ? remember(value) : value);
  return {
    ...(expected === undefined ? {} : { expected: plain(expected) }),
    ...(received === undefined ? {} : { received: plain(received) }),
  };
}

const verdict =
  (outcome: CheckOutcome) =>
  <const T extends Text>(detail: Ours<T>, compared: Comparing = {}): Verdict => ({
    outcome,
    detail: remember(detail as Said),
    ...rememberCompared(compared),
  });

export const pass = verdict('pass');
export const fail = verdict('fail');
export const warn = verdict('warn');
export const skip = verdict('skipped');

/** The expected value, where it is known, and the received one. */
export function comparedWith(expected: Text | null | undefined, received: unknown): Comparing {
  return { expected: expected ?? undefined, received: shownValue(received) };
}

/** One check that was made, as it stands in `checks` of every JSON result. */
export interface CheckResult extends Verdict, Pick<CatalogueEntry, 'title' | 'spec'> {
  readonly id: CheckId;
}

/** Builds the result of a check from its catalogue entry. */
export function checkResult<const T extends Text>(
  id: CheckId,
  outcome: CheckOutcome,
  detail: Ours<T>,
  compared: Comparing = {},
): CheckResult {
  const { title, spec } = catalogue[id];
  return { id, outcome, title, detail: remember(detail as Said), spec, ...rememberCompared(compared) };
}

/** Gives a verdict the id of a check, with its title and specification. */
export function underId(id: CheckId, { outcome, detail, expected, received }: Verdict): CheckResult {
  return checkResult(id, outcome, recall(detail), { expected, received });
}

/** Turns a function that judges into a check with an id. */
export function checkOf<Given extends readonly unknown[]>(id: CheckId, judge: (...given: Given) => Verdict) {
  return (...given: Given): CheckResult => underId(id, judge(...given));
}

/** Something in a message that its specification forbids, or that is worth knowing. */
export interface Finding extends Pick<CatalogueEntry, 'severity' | 'title' | 'spec'> {
  readonly id: CheckId;
  /** One sentence about this message. Never holds a secret. */
  readonly detail: string;
  /** The names, types, sizes and harmless values that were seen, never a token or code; empty for an absence. */
  readonly evidence: string;
}

/** Builds a finding from its catalogue entry. */
export function finding<const T extends Text>(id: CheckId, detail: Ours<T>, evidence = ''): Finding {
  const { severity, title, spec } = catalogue[id];
  return { id, severity, title, detail: remember(detail as Said), spec, evidence };
}

/** What there is to say under an id, with the evidence where there is some; false or undefined when it is in order. */
type Remark<T extends Text = Text> = T | readonly [detail: T, evidence: string] | false | undefined;

export type FoundRemark = Remark<Said>;

type OurRemark<R> = R extends readonly [infer T extends Text, string]
  ? readonly [Ours<T>, string]
  : R extends Text
    ? Ours<R>
    : R;

/** Builds the findings of a table that has one remark for an id, in its order. */
export function findingsOf<const R extends { readonly [Id in CheckId]?: Remark }>(
  remarks: R & { readonly [Id in keyof R]: OurRemark<R[Id]> },
): Finding[] {
  return (Object.entries(remarks) as [CheckId, Remark<Said>][]).flatMap(([id, remark]) => {
    if (remark === false || remark === undefined) return [];
    return Array.isArray(remark) ? finding(id, remark[0], remark[1]) : finding(id, remark as Said);
  });
}

/**
 * The judgement of one subject of a message: the result of its check, or the violation that takes the place of that
 * result because it is more exact.
 */
export type Judgement = CheckResult | Finding;

/** A subject is in order when it has no violations; they take its place otherwise. */
export function unlessViolated(inOrder: CheckResult, violations: readonly Finding[]): CheckResult[] {
  return violations.length === 0 ? [inOrder] : [];
}

/** The violations among judgements, as `debug` lists them. */
export function listFindings(judgements: readonly Judgement[]): Finding[] {
  return judgements.filter((judgement): judgement is Finding => !isCheck(judgement));
}

/**
 * The judgements of a message as a login lists them: each subject in the order of the catalogue, then the violations;
 * of these, those that stop have failed and all others are warnings.
 */
export function listChecks(judgements: readonly Judgement[]): CheckResult[] {
  const ids = Object.keys(catalogue);
  const checks = judgements.filter(isCheck).sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  const violations = listFindings(judgements).map(({ id, detail, evidence }) =>
    checkResult(
      id,
      catalogue[id].stops ? 'fail' : 'warn',
      recall(detail),
      evidence === '' ? {} : { received: evidence },
    ),
  );
  return [...checks, ...violations];
}

function isCheck(judgement: Judgement): judgement is CheckResult {
  return 'outcome' in judgement;
}

const waivedRemark = 'This failed and was waived.';

/** The check of each subject without which nothing in it is verified. */
const proofs = { 'id-token': 'id-token-signature', userinfo: 'userinfo-sub', introspection: null } as const;

/**
 * Says why the claims of a subject prove nothing, as the check at fault does: one failed or was waived, or the decisive
 * one did not pass. undefined when they are verified.
 */
export function doubtOf(
  subject: keyof typeof proofs,
  checks: readonly CheckResult[],
  proof: CheckId | null = proofs[subject],
): string | undefined {
  const ofSubject = checks.filter(({ id }) => id.includes(subject));
  const refused = ofSubject.find(
    ({ outcome, detail }) => outcome === 'fail' || detail.endsWith(waivedRemark),
  );
  const decisive = ofSubject.find(({ id }) => id === proof);
  if (refused !== undefined) return refused.detail;
  return proof === null || decisive?.outcome === 'pass'
    ? undefined
    : (decisive?.detail ?? remember('It was not checked.'));
}

/** Tells whether checks verified an ID token or UserInfo. */
export function isVerified(subject: keyof typeof proofs, checks: readonly CheckResult[]): boolean {
  return doubtOf(subject, checks) === undefined;
}

/** What the check of a signature says of one that is not there. */
export const emptySignature = 'The signature is empty.';

/** Tells whether `--no-verify` can let a failure through: an ID token that is not signed proves nothing. */
export function isWaivable({ id, received = '', detail }: CheckResult): boolean {
  if (id === 'id-token-signature') return !detail.includes(emptySignature);
  // Also an empty name, and none in a list or with blanks around it.
  return id !== 'id-token-alg' || !/^[\s"[]*(?:none|\(absent\))?[\s"\]]*$/i.test(received);
}

/** Turns the failures of waived checks (`--no-verify`) into warnings that say so; everything else stays as it is. */
export function applyWaivers(results: readonly CheckResult[], waived: ReadonlySet<string>): CheckResult[] {
  return results.map((result) =>
    result.outcome === 'fail' && waived.has(result.id) && isWaivable(result)
      ? { ...result, ...warn(say`${recall(result.detail)} ${own(waivedRemark)}`) }
      : result,
  );
}

/** The first result that makes the next step unsafe; undefined when there is none. */
export function firstStoppingFailure(results: readonly CheckResult[]): CheckResult | undefined {
  return results.find(({ outcome }) => outcome === 'fail');
}
