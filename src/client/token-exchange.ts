import { accessParameters, type Grant } from './grant.ts';

/** The exchange of a token of one server for one of another (RFC 8693 §2.1). */
export const tokenExchange: Grant = {
  type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  inputs: [{ option: 'subject-token', name: 'subject token' }],
  parameters: (access, [subjectToken = '']) => [
    ['grant_type', tokenExchange.type],
    ['subject_token', subjectToken],
    ['subject_token_type', 'urn:ietf:params:oauth:token-type:access_token'],
    ...accessParameters(access),
  ],
};
