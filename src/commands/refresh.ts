import { isRepeatable } from '../client/grants.ts';
import { UsageError } from '../errors.ts';
import type { LoginDocument } from '../output/documents.ts';
import { say } from '../say.ts';
import { renewToken } from '../sessions/renew-token.ts';
import { findOpenSession, loginRequired } from '../sessions/saved-token.ts';
import { ownerName } from '../sessions/token-settings.ts';
import { checkedOutputOptions } from '../settings/options.ts';
import { sessionOptionGroups } from '../settings/session-options.ts';
import { type RefreshSettings, settleRefresh } from '../settings/settle-session.ts';
import { defineCommand, type Invocation } from './command.ts';
import { buildTokenDocument } from './login/login-document.ts';
import { printLogin } from './login/print-login.ts';
import { loginCommand, tokenCommand } from './session/owner-commands.ts';
import { sessionRun } from './session/session-run.ts';

const examples = `
Examples:
  $ oauth-code refresh -p work
  $ oauth-code refresh -p work --json

The new tokens are kept, and shown as login shows them. A server may refuse the old
refresh token from then on, which is why it is replaced before anything is printed.`;

/** Gives `refresh` its options and action. */
export const define = defineCommand({
  description: 'Get new tokens for a saved session with its refresh token, and check every step.',
  usage: '[-p NAME | --issuer URL --client-id ID] [options]',
  groups: [...sessionOptionGroups, ['Output:', checkedOutputOptions]],
  notes: examples,
  async action({ settle }) {
    await runRefresh(...(await settle(settleRefresh)));
  },
});

/**
 * Refreshes the session by hand, validates what came, and shows it as a login is shown.
 * @throws LoginRequiredError without a session; ErrorResponseError with the answer of the server, as it is
 */
async function runRefresh(settings: RefreshSettings, invocation: Invocation): Promise<void> {
  const { token: tokenSettings } = settings;
  const { wanted } = tokenSettings;
  const run = sessionRun(invocation, { loud: true });
  const before = await findOpenSession(wanted, run);
  if (before === undefined) throw await loginRequired(wanted, run);
  if (before.session.tokens.refresh_token === undefined) {
    throw new UsageError(say`The session of ${ownerName(wanted.owner)} has no refresh token.`, {
      hint: isRepeatable(before.session.grant_type)
        ? say`It needs none. For a new token: ${tokenCommand(wanted.owner)} --fresh`
        : say`Servers give one for the scope offline_access, or as they are set up for the client: ${loginCommand(wanted.owner, before.session)} --scope "openid offline_access"`,
    });
  }
  const token = await renewToken(tokenSettings, run, { always: true, showsRefusal: true });
  const document = buildTokenDocument(token);
  // An ID token of the login is not new and was not verified by this run.
  const isNew = token.session.tokens.id_token !== before.session.tokens.id_token;
  const shown = isNew || invocation.output.json ? document : withoutIdToken(document);
  printLogin(shown, tokenCommand(wanted.owner), invocation);
}

function withoutIdToken(document: LoginDocument): LoginDocument {
  const { id_token: _, ...tokens } = document.tokens;
  return { ...document, tokens, decoded: { ...document.decoded, id_token: null } };
}
