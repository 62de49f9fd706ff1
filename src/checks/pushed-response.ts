import type { PushedResponseReading } from '../protocol/pushed-request.ts';
import { remember, say } from '../say.ts';
import {
  comparedWith,
  type Finding,
  fail,
  finding,
  foundOf,
  type Judgement,
  pass,
  underId,
  unlessViolated,
  type Verdict,
  warn,
} from './check-result.ts';
import { findRepresentationDeviations, findSyntaxDeviations } from './representation.ts';
import { durationText, shownValue } from './shown-value.ts';

/** Judges the answer to a pushed authorization request: its form, `request_uri` and `expires_in` (RFC 9126 §2.2). */
export function judgePushedResponse(reading: PushedResponseReading): Judgement[] {
  const form = [...findRepresentationDeviations(reading), ...findSyntaxDeviations(reading)];
  if (reading.type === 'error') return form;
  const deviations = [...form, ...findStatus(reading)];
  const sound = underId('par-response', pass('The server took the request: status 201, in JSON.'));
  return [
    ...unlessViolated(sound, deviations),
    underId('par-request-uri', judgeRequestUri(reading)),
    underId('par-expires-in', judgeLifetime(reading)),
    ...deviations,
  ];
}

function findStatus({ response: { status } }: PushedResponseReading): Finding[] {
  return foundOf([
    status !== 201 &&
      finding('par-response', say`The status is ${status}; it should be 201.`, String(status)),
  ]);
}

type Pushed = Extract<PushedResponseReading, { type: 'pushed' }>;

function judgeRequestUri({ requestUri }: Pushed): Verdict {
  const compared = comparedWith(remember('a URI'), requestUri);
  if (typeof requestUri !== 'string' || requestUri === '')
    return fail('request_uri is not a text, so nothing stands for the request.', compared);
  return /^[a-z][a-z\d+.-]*:[^\s#]+$/i.test(requestUri)
    ? pass('The server gave a URI that stands for the request.', compared)
    : warn('request_uri is not an absolute URI.', compared);
}

function judgeLifetime({ expiresIn }: Pushed): Verdict {
  const compared = comparedWith(remember('seconds above 0'), expiresIn);
  if (expiresIn === undefined) return warn('Nothing says how long the request URI is valid.', compared);
  return typeof expiresIn === 'number' && expiresIn > 0
    ? pass(say`The request URI is valid for ${durationText(expiresIn)}.`, compared)
    : warn(say`expires_in is ${shownValue(expiresIn)}, which is not a positive number.`, compared);
}
