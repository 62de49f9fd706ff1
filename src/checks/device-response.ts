import { isHttpUrl } from '../http-message.ts';
import type { JsonObject } from '../json/json.ts';
import {
  type BackchannelReading,
  type DeviceResponseReading,
  verificationUriOf,
} from '../protocol/device-authorization.ts';
import { say } from '../say.ts';
import { finding, findingsOf, type Judgement, pass, underId, unlessViolated, warn } from './check-result.ts';
import { findUnencrypted } from './encryption.ts';
import { findJsonDeviations } from './representation.ts';
import { durationText, shownValue } from './shown-value.ts';

/** Judges the answer to a device authorization request: its form, codes, address and times (RFC 8628 §3.2). */
export function judgeDeviceResponse(reading: DeviceResponseReading): Judgement[] {
  const form = findJsonDeviations(reading);
  if (reading.type === 'error') return form;
  const { members } = reading;
  const missing = ['device_code', 'user_code'].filter(
    (name) => typeof members[name] !== 'string' || members[name] === '',
  );
  const deviations = [
    ...form,
    ...findingsOf({
      'device-response': missing.length > 0 && say`${missing.join(' and ')} is missing, or is not a text.`,
    }),
  ];
  const sound = underId('device-response', pass('The server gave a code for the user and one to poll with.'));
  return [...unlessViolated(sound, deviations), judgeAddress(members), judgeTimes(members), ...deviations];
}

/** Judges the answer to a backchannel authentication request (CIBA Core §7.3). */
export function judgeBackchannelResponse(reading: BackchannelReading): Judgement[] {
  const form = findJsonDeviations(reading);
  if (reading.type === 'error') return form;
  const { auth_req_id: id } = reading.members;
  const deviations = [
    ...form,
    ...findingsOf({
      'backchannel-response': (typeof id !== 'string' || id === '') && [
        'auth_req_id is missing, or is not a text.',
        shownValue(id),
      ],
    }),
  ];
  const sound = underId('backchannel-response', pass('The server asks the user by itself.'));
  return [
    ...unlessViolated(sound, deviations),
    judgeTimes(reading.members, 'backchannel-expires-in'),
    ...deviations,
  ];
}

function judgeAddress(members: JsonObject): Judgement {
  const uri = verificationUriOf(members);
  const received = shownValue(uri);
  if (typeof uri !== 'string' || !isHttpUrl(uri))
    return finding(
      'verification-uri',
      'verification_uri is missing, or is not an http or https URL.',
      received,
    );
  if (findUnencrypted(uri) !== undefined)
    return finding(
      'verification-uri',
      'verification_uri is not https: a thief on the way can read the code.',
      received,
    );
  const { verification_uri_complete: complete } = members;
  if (complete !== undefined && (typeof complete !== 'string' || !isHttpUrl(complete)))
    return underId(
      'verification-uri',
      warn('verification_uri_complete is not an http or https URL: it is not used.', {
        received: shownValue(complete),
      }),
    );
  return members.verification_uri === undefined
    ? underId(
        'verification-uri',
        warn('The address has the name of a draft, verification_url.', { received }),
      )
    : underId('verification-uri', pass('The user has an address to go to.', { received }));
}

function judgeTimes(
  { expires_in: expiresIn, interval }: JsonObject,
  id: 'device-expires-in' | 'backchannel-expires-in' = 'device-expires-in',
): Judgement {
  const received = shownValue(expiresIn);
  if (typeof expiresIn !== 'number' || expiresIn <= 0)
    return finding(id, 'expires_in is missing, or is not a positive number of seconds.', received);
  if (interval !== undefined && (typeof interval !== 'number' || interval <= 0))
    return finding(id, 'interval is not a positive number of seconds.', shownValue(interval));
  return underId(id, pass(say`It is valid for ${durationText(expiresIn)}.`, { received }));
}
