import type { JsonObject } from '../json/json.ts';
import { textListMember, textMember } from '../json/json-members.ts';
import { chooseAuthenticationMethod } from '../protocol/client-authentication.ts';
import type { Parameters } from '../protocol/parameters.ts';
import type { LoginSettings } from './login-settings.ts';
import { askForTokens, type IssuedTokens, judgeTokens } from './request-tokens.ts';
import type { Wire } from './send.ts';
import type { SettleChecks } from './settle-checks.ts';

/** What the token request of a login is made from. */
export interface Redemption {
  readonly grant: Parameters;
  readonly metadata: JsonObject;
  readonly issuer: string | null;
  readonly settings: Pick<LoginSettings, 'client' | 'tokenOverrides'>;
  readonly requestedScope: readonly string[];
  readonly now: Date;
}

/**
 * Redeems the authorization code, once, and judges the answer (RFC 6749 §4.1.3, §5.1).
 * @throws ErrorResponseError for an OAuth error; InvalidResponseError for an answer that is neither.
 */
export async function redeemCode(
  wire: Wire,
  { grant, metadata, issuer, settings, requestedScope, now }: Redemption,
  settle: SettleChecks,
): Promise<IssuedTokens> {
  const { credentials } = settings.client;
  const advertised = textListMember(metadata, 'token_endpoint_auth_methods_supported');
  const tokenEndpoint = textMember(metadata, 'token_endpoint') ?? '';
  const issued = await askForTokens(
    wire,
    {
      tokenEndpoint,
      grant,
      client: {
        method: settings.client.method ?? chooseAuthenticationMethod(credentials, advertised),
        credentials,
        audience: issuer ?? tokenEndpoint,
      },
      advertised,
      overrides: settings.tokenOverrides,
      requestedScope,
      now,
      afterFailure: 'The code is spent: log in again.',
    },
    settle,
  );
  judgeTokens(issued, requestedScope, settle);
  return issued;
}
