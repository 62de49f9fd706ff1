import { issuerDifference } from '../checks/difference.ts';
import { shownValue } from '../checks/shown-value.ts';
import {
  type FoundRefusal,
  findRefusals,
  type RefusalMeaning,
  refusalMeanings,
} from '../providers/client-libraries.ts';
import { own, type Said, say } from '../say.ts';
import { type Cause, contradiction } from './diagnosis.ts';

/** Libraries name the reason beside the kind of error that they make of it: these say no more than that it is refused. */
const vague = ['claim', 'form', 'lost'] as const;

/**
 * What the refusals of client libraries in a text mean. They are certain where the text has both values that were
 * compared, and they differ. `isQuoted`: an API quotes its library in the answer.
 */
export function refusalCauses(text: string, isQuoted = false): readonly Cause[] {
  const found = findRefusals(text.replace(/\\+(["'])/g, '$1'));
  const isVague = ({ refusal }: FoundRefusal) => vague.some((one) => one === refusal);
  const telling = found.some((one) => !isVague(one)) ? found.filter((one) => !isVague(one)) : found;
  return [...telling]
    .sort((a, b) => Number(isPair(b)) - Number(isPair(a)))
    .map((one) => ({ ...causeOf(one), why: whyOf(one, text, isQuoted) }));
}

/** Whether both values are known and have nothing in common. */
function isPair({ expected, received }: FoundRefusal): boolean {
  if (expected === undefined || received === undefined) return false;
  if (inOrder(expected) === inOrder(received)) return false;
  const accepted = wordsOf(expected);
  return !wordsOf(received).some((one) => accepted.includes(one));
}

/** Scopes are a set: in another order they are the same. */
function inOrder(value: string): string {
  return value
    .split(/[\s,]+/)
    .sort()
    .join(' ');
}

/** The members of a list or map in brackets, or the value itself. */
function wordsOf(value: string): readonly string[] {
  const inside = /^(?:map)?\[(.*)\]$/s.exec(value)?.[1];
  return inside === undefined
    ? [value]
    : inside
        .replaceAll(':{}', '')
        .split(/[\s,"']+/)
        .filter(Boolean);
}

function whyOf(
  { library, refusal, expected, received }: FoundRefusal,
  text: string,
  isQuoted: boolean,
): Said {
  const difference =
    refusal.endsWith('issuer') && expected !== undefined && received !== undefined
      ? say` ${issuerDifference(expected, received)}`
      : own('');
  const hidden = text.includes('[PII')
    ? own(' It hides the values: IdentityModelEventSource.ShowPII = true shows them.')
    : own('');
  return isQuoted
    ? say`The answer has the words of ${own(library)} for it.${difference}`
    : say`These are words of ${own(library)}.${difference}${hidden}`;
}

function causeOf({ refusal, ...one }: FoundRefusal): Cause {
  const { cause, try: remedy, source, compares }: RefusalMeaning = refusalMeanings[refusal];
  const expected = one.expected === undefined ? undefined : shownValue(one.expected);
  const received = one.received === undefined ? undefined : shownValue(one.received);
  const values =
    compares && isPair({ refusal, ...one }) ? contradiction(expected, received) : { expected, received };
  return { cause, why: '', try: remedy, source, ...values };
}
