import { ConfigError } from '../errors.ts';
import { startConversation } from '../flows/conversation.ts';
import { fetchKeys } from '../flows/fetch-keys.ts';
import { verifyAccessToken } from '../flows/verify-access-token.ts';
import type { JsonObject } from '../json/json.ts';
import { sessionText } from '../storage/session-store.ts';
import { withSession } from './forget-session.ts';
import { findOpenSession, type ObtainedToken } from './saved-token.ts';
import type { SessionRun, TokenSettings } from './token-settings.ts';

/**
 * Says in one sentence why the claims of an access token prove nothing; undefined when a key of its server verifies it.
 * The key is kept with the session, so that the next run need not fetch it.
 */
export async function doubtAccessToken(
  { accessToken, session }: ObtainedToken,
  settings: TokenSettings,
  run: SessionRun,
): Promise<string | undefined> {
  const { context } = run;
  const { renewal } = settings;
  const verdict = await verifyAccessToken(accessToken, session.access_token_key, async () => {
    const emit = await run.begin();
    const http = await context.connect({ ...(await renewal.connection()), frugal: renewal.frugal });
    const conversation = startConversation({ http, signal: context.signal, emit, waived: renewal.waived });
    const jwksUri = renewal.server.given.jwks_uri ?? session.server.jwks_uri;
    return fetchKeys(conversation, jwksUri).finally(() => http.close());
  });
  if (verdict.doubt !== undefined) return verdict.doubt;
  const isKept = JSON.stringify(verdict.jwk) === JSON.stringify(session.access_token_key);
  if (!isKept && renewal.keeping.store !== 'none') {
    await keepKey(verdict.jwk, settings, run).catch((error: unknown) => {
      // Without it the next run fetches the keys again.
      if (!(error instanceof ConfigError)) throw error;
    });
  }
  return undefined;
}

async function keepKey(key: JsonObject, { wanted }: TokenSettings, run: SessionRun): Promise<void> {
  const { context } = run;
  const opened = await findOpenSession(wanted, run);
  if (opened === undefined) return;
  await withSession(opened.name, context, async (session, path) => {
    const text = await sessionText(context, { ...session, access_token_key: key }, opened.keeping);
    await context.files.write(path, text);
  });
}
