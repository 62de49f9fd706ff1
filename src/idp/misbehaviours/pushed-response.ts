import { failing, faultsOf } from './misbehaviour.ts';
import { text, withMembers } from './reply.ts';
import type { Script } from './scripted-server.ts';

const answering = (members: object): Script => ({ par: withMembers(members) });

const prefix = 'pushed-response';
const noun = 'an answer to a pushed request';
const options = ['--par'];

/** Answers to a pushed request that can be used, and are not as they should be (RFC 9126 §2.2). */
export const oddPushedResponses = faultsOf({ prefix, noun, reaction: 'report', options }, [
  [
    'status-200',
    'with status 200',
    { par: (sound) => (typeof sound === 'string' ? sound : { ...sound, status: 200 }) },
    ['par-response'],
  ],
  ...failing('par-expires-in', [
    ['without-expires-in', 'without expires_in', answering({ expires_in: undefined })],
    ['expires-in-zero', 'with an expires_in of 0', answering({ expires_in: 0 })],
    ['expires-in-text', 'with an expires_in in a text', answering({ expires_in: '60' })],
  ]),
]);

/** Answers to a pushed request that bring nothing to go on with (RFC 9126 §2.2). */
export const refusedPushedResponses = faultsOf({ prefix, noun, reaction: 'refuse', options }, [
  ['number-as-uri', 'with a number as request_uri', answering({ request_uri: 7 }), ['par-request-uri']],
  ['empty-uri', 'with an empty request_uri', answering({ request_uri: '' }), ['par-request-uri']],
  [
    'page',
    'that is a page',
    { par: () => text(200, 'text/html', '<!doctype html><title>Sign in</title>') },
    ['html-error-page'],
  ],
]);
