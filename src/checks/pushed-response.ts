import type { PushedResponseReading } from '../protocol/pushed-request.ts';
import { say } from '../say.ts';
import { finding, findingsOf, type Judgement, pass, underId, unlessViolated } from './check-result.ts';
import { findJsonDeviations } from './representation.ts';
import { durationText, shownValue } from './shown-value.ts';

/** Judges the answer to a pushed authorization request: its form, `request_uri` and `expires_in` (RFC 9126 §2.2). */
export function judgePushedResponse(reading: PushedResponseReading): Judgement[] {
  const form = findJsonDeviations(reading);
  if (reading.type === 'error') return form;
  const { status } = reading.response;
  const deviations = [
    ...form,
    ...findingsOf({
      'par-response': status !== 201 && [say`The status is ${status}; it should be 201.`, String(status)],
    }),
  ];
  const sound = underId('par-response', pass('The server took the request: status 201, in JSON.'));
  return [
    ...unlessViolated(sound, deviations),
    judgeRequestUri(reading),
    judgeLifetime(reading),
    ...deviations,
  ];
}

type Pushed = Extract<PushedResponseReading, { type: 'pushed' }>;

function judgeRequestUri({ requestUri }: Pushed): Judgement {
  const received = shownValue(requestUri);
  const isUri = typeof requestUri === 'string' && /^[a-z][a-z\d+.-]*:[^\s#]+$/i.test(requestUri);
  return isUri
    ? underId('par-request-uri', pass('The server gave a URI that stands for the request.', { received }))
    : finding('par-request-uri', 'request_uri is not a URI, so the pushed request cannot be used.', received);
}

function judgeLifetime({ expiresIn }: Pushed): Judgement {
  const received = shownValue(expiresIn);
  return typeof expiresIn === 'number' && expiresIn > 0
    ? underId(
        'par-expires-in',
        pass(say`The request URI is valid for ${durationText(expiresIn)}.`, { received }),
      )
    : finding('par-expires-in', 'expires_in is not a positive number of seconds.', received);
}
