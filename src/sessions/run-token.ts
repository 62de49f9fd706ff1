import type { Invocation } from '../commands/command.ts';
import { recordEvenNothing } from '../commands/trace/record-trace.ts';
import { UsageError } from '../errors.ts';
import { renderJson } from '../output/render-json.ts';
import {
  renderBareToken,
  renderCurlConfig,
  renderEnv,
  renderExecCredential,
  renderGithubMasks,
  renderGithubOutput,
  renderHeader,
  type TokenFormat,
} from '../output/token-formats.ts';
import { requireExpectedToken, settleExpectations } from '../settings/expectations.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { settleOutput } from '../settings/output-settings.ts';
import { type ObtainedToken, obtainToken } from './obtain-token.ts';
import { buildTokenDocument } from './session-document.ts';
import { settleFreshness, settleWantedSession } from './settle-session.ts';

/**
 * Obtains a token and prints it as it is wanted.
 * @throws LoginRequiredError when a person is needed; what obtaining and printing throw
 */
export async function runToken(
  options: OptionReader,
  action: string | undefined,
  invocation: Invocation,
): Promise<void> {
  const { context } = invocation;
  await recordEvenNothing(settleOutput(options), invocation, 'token');
  const format = settleFormat(options);
  if (format === 'git-credential') {
    const { answerGit } = await import('./answer-git.ts');
    return answerGit(options, action, invocation);
  }
  if (action !== undefined) {
    throw new UsageError(`"${action}" means nothing without -o git-credential.`, {
      hint: 'A profile is named with -p NAME.',
    });
  }
  const outputFile = format === 'github-output' ? requireOutputFile(context.env) : undefined;
  const expectations = settleExpectations(options);
  const wanted = await settleWantedSession(options, context);
  const token = await obtainToken(options, wanted, settleFreshness(options), invocation);
  const expected = requireExpectedToken(expectations, token, invocation);
  const { stdout } = context.terminal;
  if (outputFile !== undefined) {
    // Masked before it stands anywhere a later step could print it from.
    stdout.write(renderGithubMasks(token));
    const { randomUUID } = await import('node:crypto');
    return context.files.append(outputFile, renderGithubOutput(token, `oauth-code-${randomUUID()}`));
  }
  stdout.write(render({ ...token, checks: [...token.checks, ...expected] }, format, invocation));
}

function settleFormat(options: OptionReader): TokenFormat {
  const format = options.text('output') as TokenFormat | undefined;
  if (!settleOutput(options).json) return format ?? 'token';
  if (format === undefined || format === 'json') return 'json';
  throw new UsageError(`--json and -o ${format} exclude each other.`);
}

function render(token: ObtainedToken, format: TokenFormat, { context }: Invocation): string {
  const { stdout } = context.terminal;
  switch (format) {
    case 'header':
      return renderHeader(token);
    case 'env':
      return renderEnv(token);
    case 'curl-config':
      return renderCurlConfig(token);
    case 'exec-credential':
      return renderExecCredential(token, context.env.KUBERNETES_EXEC_INFO);
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
