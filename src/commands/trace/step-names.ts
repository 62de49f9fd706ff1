import type { FlowStep } from '../../client/middleware.ts';

/** The legs of a conversation as progress lines call them. */
export const stepNames: Readonly<Record<FlowStep, string>> = {
  discovery: 'Discovery',
  keys: 'Keys',
  listener: 'Listener',
  authorization: 'Answer',
  token: 'Token',
  id_token: 'ID token',
  userinfo: 'UserInfo',
  request: 'Request',
  introspection: 'Introspect',
  revocation: 'Revocation',
  assertion: 'Assertion',
};
