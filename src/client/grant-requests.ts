import { exchangeType, jwtBearerType } from '../protocol/grant-types.ts';
import { accessParameters, type GrantRequest, passwordType } from './grant.ts';
import { jwtBearer } from './jwt-bearer.ts';
import { password } from './password.ts';
import { tokenExchange } from './token-exchange.ts';

/** The token requests of the grants that need no person, by type; apart from their table, which every run reads. */
export const grantRequests: Readonly<Record<string, GrantRequest>> = {
  client_credentials: {
    parameters: (access) => [['grant_type', 'client_credentials'], ...accessParameters(access)],
  },
  [exchangeType]: tokenExchange,
  [jwtBearerType]: jwtBearer,
  [passwordType]: password,
};
