import type { JsonValue } from '../../json/json.ts';
import { misbehavioursOf } from './misbehaviour.ts';
import { json } from './reply.ts';
import type { Script } from './scripted-server.ts';

const granting = (authorization_details: JsonValue): Script => ({
  token: (members) => json(200, { ...members, authorization_details }),
});

/** Token responses that grant something else than what was asked for (RFC 9396 §7). */
export const otherDetails = misbehavioursOf(
  {
    prefix: 'authorization-details',
    noun: 'a token response',
    reaction: 'report',
    section: 'RFC 9396 §7',
    options: ['--authorization-details', '[{"type":"payment","actions":["status"]}]'],
  },
  [
    ['unsaid', 'that does not say which details were granted', {}, ['authorization-details']],
    [
      'more-actions',
      'that grants further actions',
      granting([{ type: 'payment', actions: ['status', 'cancel'] }]),
      ['authorization-details'],
    ],
    ['other-type', 'that grants another type', granting([{ type: 'account' }]), ['authorization-details']],
    ['text', 'whose details are a text', granting('payment'), ['authorization-details']],
  ],
);
