import type { Invocation } from '../commands/command.ts';
import { UsageError } from '../errors.ts';
import {
  type GitCredentialRequest,
  isSafeGitTarget,
  readGitCredentialRequest,
  renderGitCredential,
} from '../output/token-formats.ts';
import { requireExpectedToken, settleExpectations } from '../settings/expectations.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { sessionPath, sessionText } from '../storage/session-store.ts';
import { findUsable, obtainToken } from './obtain-token.ts';
import { lockSession } from './session-lock.ts';
import { settleFreshness, settleWantedSession } from './settle-session.ts';

/**
 * Answers git as a credential helper does: `get` prints a user name and the token, `erase` forgets a token that was
 * refused, so that the next `get` brings another; anything else is none of ours (gitcredentials(7)).
 * @throws UsageError without an action; LoginRequiredError and others for `get`
 */
export async function answerGit(
  options: OptionReader,
  action: string | undefined,
  invocation: Invocation,
): Promise<void> {
  const { terminal } = invocation.context;
  if (action === undefined) {
    throw new UsageError('-o git-credential is for git, which says get, store or erase.', {
      hint: "git config credential.https://HOST.helper '!oauth-code token -p NAME -o git-credential'",
    });
  }
  if (action !== 'get' && action !== 'erase') return;
  const request = readGitCredentialRequest(await terminal.readStdin());
  if (action === 'erase') return erase(options, request, invocation);
  if (!isSafeGitTarget(request)) {
    throw new UsageError('git asks for a credential that it would send unencrypted.', {
      hint: 'Use an https URL for the remote.',
    });
  }
  const expectations = settleExpectations(options);
  const wanted = await settleWantedSession(options, invocation.context);
  const token = await obtainToken(options, wanted, settleFreshness(options), invocation);
  requireExpectedToken(expectations, token, invocation);
  terminal.stdout.write(
    renderGitCredential(token, request, {
      username: options.text('git-username') ?? 'oauth2',
      bearer: options.isOn('git-bearer'),
    }),
  );
}

async function erase(
  options: OptionReader,
  { password }: GitCredentialRequest,
  invocation: Invocation,
): Promise<void> {
  const { context } = invocation;
  const wanted = await settleWantedSession(options, context);
  const before = await findUsable(wanted, invocation);
  if (before === undefined || before.session.tokens.access_token !== password) return;
  const path = sessionPath(context, before.name);
  const outcome = await lockSession(context, path, 40_000, async () => undefined);
  if (outcome.type === 'spared') return;
  try {
    const usable = await findUsable(wanted, invocation);
    if (usable?.name !== before.name || usable.session.tokens.access_token !== password) return;
    const spent = { ...usable.session, expires_at: usable.session.obtained_at };
    await context.files.write(path, await sessionText(context, spent, usable.keeping));
  } finally {
    outcome.lock.release();
  }
}
