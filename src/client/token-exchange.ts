import { exchangeType } from '../protocol/grant-types.ts';
import { accessParameters, type GrantRequest, tokenTypes } from './grant.ts';

const urn = 'urn:ietf:params:oauth:token-type:';

/** The type of a token by its short name or URI; undefined for a text that is neither (RFC 8693 §3). */
function tokenType(text: string): string | undefined {
  if (tokenTypes.includes(text)) return urn + text;
  return /^[a-z][\w+.-]*:\S+$/i.test(text) ? text : undefined;
}

/** The exchange of a token of one server for one of another (RFC 8693 §2.1). */
export const tokenExchange: GrantRequest = {
  read: {
    'subject-token-type': tokenType,
    'actor-token-type': tokenType,
    'requested-token-type': tokenType,
  },
  parameters: (access, given) => [
    ['grant_type', exchangeType],
    ['subject_token', given['subject-token'] ?? ''],
    ['subject_token_type', given['subject-token-type'] ?? `${urn}access_token`],
    ...(given['actor-token'] === undefined
      ? []
      : [
          ['actor_token', given['actor-token']] as const,
          ['actor_token_type', given['actor-token-type'] ?? `${urn}access_token`] as const,
        ]),
    ...(given['requested-token-type'] === undefined
      ? []
      : [['requested_token_type', given['requested-token-type']] as const]),
    ...accessParameters(access),
  ],
};
