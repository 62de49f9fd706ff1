import { failing, faultsOf } from './misbehaviour.ts';
import { withMembers } from './reply.ts';
import type { Script } from './scripted-server.ts';

const answering = (members: object): Script => ({ elsewhere: { begin: withMembers(members) } });

const prefix = 'device-response';
const noun = 'an answer to a device authorization request';
const options = ['--flow', 'device'];

/** Answers to a device authorization request with which a user can sign in, and that are not as they should be. */
export const oddDeviceResponses = faultsOf({ prefix, noun, reaction: 'report', options }, [
  ['without-expires-in', 'without expires_in', answering({ expires_in: undefined }), ['device-expires-in']],
  ['interval-text', 'with an interval in a text', answering({ interval: '0' }), ['device-expires-in']],
  [
    'draft-name',
    'whose address has the name of a draft, verification_url',
    answering({ verification_uri: undefined, verification_url: 'https://idp.example/device' }),
    ['verification-uri'],
  ],
  [
    'complete-address-of-a-file',
    'whose verification_uri_complete is a file of this machine',
    answering({ verification_uri_complete: 'file:///etc/passwd' }),
    ['verification-uri'],
  ],
]);

/** Answers to a device authorization request that no user can be shown. */
export const refusedDeviceResponses = faultsOf({ prefix, noun, reaction: 'refuse', options }, [
  ...failing('device-response', [
    ['without-device-code', 'without a device_code', answering({ device_code: undefined })],
    ['without-user-code', 'without a user_code', answering({ user_code: undefined })],
    ['empty-device-code', 'with an empty device_code', answering({ device_code: '' })],
  ]),
  ...failing('verification-uri', [
    ['without-address', 'without a verification_uri', answering({ verification_uri: undefined })],
    [
      'plain-address',
      'whose verification_uri is plain http',
      answering({ verification_uri: 'http://idp.example/device' }),
    ],
    [
      'script-address',
      'whose verification_uri is a script',
      answering({ verification_uri: 'javascript:alert(1)' }),
    ],
  ]),
]);
