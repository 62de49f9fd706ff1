import { UsageError } from '../../errors.ts';
import { renderJson } from '../../output/render-json.ts';
import {
  type GitCredentialRequest,
  isSafeGitTarget,
  readGitCredentialRequest,
  renderBareToken,
  renderCurlConfig,
  renderEnv,
  renderExecCredential,
  renderGitCredential,
  renderGithubMasks,
  renderGithubOutput,
  renderHeader,
} from '../../output/token-formats.ts';
import { findOpenSession, type ObtainedToken } from '../../sessions/saved-token.ts';
import type { TokenFormat } from '../../settings/options.ts';
import type { PrintTokenSettings } from '../../settings/settle-session.ts';
import type { Invocation } from '../command.ts';
import { requireExpectedToken } from '../expectations.ts';
import { buildTokenDocument } from '../login/login-document.ts';
import { recordEvenNothing } from '../trace/record-trace.ts';
import { obtainForRun, sessionRun } from './session-run.ts';

/**
 * Obtains a token and prints it as it is wanted.
 * @throws LoginRequiredError when a person is needed; what obtaining and printing throw
 */
export async function runToken(
  settings: PrintTokenSettings,
  action: string | undefined,
  invocation: Invocation,
): Promise<void> {
  const { context } = invocation;
  await recordEvenNothing(settings.output, invocation, 'token');
  const format = settings.format();
  if (format === 'git-credential') return answerGit(settings, action, invocation);
  if (action !== undefined) {
    throw new UsageError(`"${action}" means nothing without -o git-credential.`, {
      hint: 'A profile is named with -p NAME.',
    });
  }
  const outputFile = format === 'github-output' ? requireOutputFile(context.env) : undefined;
  const { token, expected, waived } = await obtainExpected(settings, invocation);
  const { stdout } = context.terminal;
  if (outputFile !== undefined) {
    // Masked before it stands anywhere a later step could print it from.
    stdout.write(renderGithubMasks(token));
    const { randomUUID } = await import('node:crypto');
    return context.files.append(outputFile, renderGithubOutput(token, `oauth-code-${randomUUID()}`));
  }
  stdout.write(render({ ...token, checks: [...token.checks, ...expected] }, format, waived, invocation));
}

async function obtainExpected(settings: PrintTokenSettings, invocation: Invocation) {
  const expectations = settings.expectations();
  const wanted = await settings.token();
  const token = await obtainForRun(wanted, settings.output, invocation);
  return {
    token,
    waived: wanted.renewal.waived,
    expected: requireExpectedToken(expectations, token, invocation),
  };
}

function render(
  token: ObtainedToken,
  format: TokenFormat,
  waived: ReadonlySet<string>,
  { context }: Invocation,
): string {
  const { stdout } = context.terminal;
  switch (format) {
    case 'header':
      return renderHeader(token, waived);
    case 'env':
      return renderEnv(token);
    case 'curl-config':
      return renderCurlConfig(token, waived);
    case 'exec-credential':
      return renderExecCredential(token, context.env.KUBERNETES_EXEC_INFO, waived);
    case 'json':
      return renderJson(buildTokenDocument(token), { pretty: stdout.isTTY, color: stdout.color });
    default:
      return renderBareToken(token);
  }
}

function requireOutputFile(env: Invocation['context']['env']): string {
  const { GITHUB_OUTPUT } = env;
  if (GITHUB_OUTPUT) return GITHUB_OUTPUT;
  throw new UsageError('-o github-output writes to the file that GITHUB_OUTPUT names, which is not set.', {
    hint: 'It works in a step of a GitHub Actions job only.',
  });
}

/**
 * Answers git as a credential helper does: `get` prints a user name and the token, `erase` forgets a token that was
 * refused, so that the next `get` brings another; anything else is none of ours (gitcredentials(7)).
 * @throws UsageError without an action; LoginRequiredError and others for `get`
 */
async function answerGit(
  settings: PrintTokenSettings,
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
  if (action === 'erase') return erase(settings, request, invocation);
  if (!isSafeGitTarget(request)) {
    throw new UsageError('git asks for a credential that it would send unencrypted.', {
      hint: 'Use an https URL for the remote.',
    });
  }
  const { token, waived } = await obtainExpected(settings, invocation);
  terminal.stdout.write(renderGitCredential(token, request, settings.git, waived));
}

async function erase(
  settings: PrintTokenSettings,
  { password }: GitCredentialRequest,
  invocation: Invocation,
): Promise<void> {
  const { wanted } = await settings.token();
  const found = await findOpenSession(wanted, sessionRun(settings.output, invocation));
  if (found === undefined || found.session.tokens.access_token !== password) return;
  const { retireToken } = await import('../../sessions/forget-session.ts');
  await retireToken(password, 'refused', found, invocation.context);
}
