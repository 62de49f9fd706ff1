import { accessParameters, type GrantRequest, passwordType } from './grant.ts';

/** The user name and password of a user, for servers that offer nothing else (RFC 6749 §4.3.2). */
export const password: GrantRequest = {
  parameters: (access, given) => [
    ['grant_type', passwordType],
    ['username', given.username ?? ''],
    ['password', given.password ?? ''],
    ...accessParameters(access),
  ],
  warning:
    'The password grant must not be used (RFC 9700 §2.4): it shows the password to the client and rules out a second factor.',
};
