import { CommanderError } from 'commander';
import { LoginRequiredError, UsageError } from '../errors.ts';
import { renderJson } from '../output/render-json.ts';
import {
  type ExecInfo,
  type GitCredentialRequest,
  httpsHost,
  readExecInfo,
  readGitCredentialRequest,
  renderCurlConfig,
  renderEnv,
  renderExecCredential,
  renderGitCredential,
  renderGithubMasks,
  renderGithubOutput,
} from '../output/token-formats.ts';
import { renderBareToken, renderHeader, type ShownToken } from '../output/token-header.ts';
import { say } from '../say.ts';
import { findOpenSession, momentIn, type ObtainedToken } from '../sessions/saved-token.ts';
import { type TokenFormat, tokenOptionGroups } from '../settings/session-options.ts';
import { type PrintTokenSettings, settlePrintToken } from '../settings/settle-session.ts';
import { defineCommand, type Invocation } from './command.ts';
import { buildTokenDocument } from './login/login-document.ts';
import { loginCommand } from './session/owner-commands.ts';
import { obtainForRun, sessionRun } from './session/session-run.ts';
import { recordEvenNothing } from './trace/record-trace.ts';

const examples = `
Examples:
  Call an API; the token is refreshed when needed:
  $ curl -H "Authorization: Bearer $(oauth-code token -p work)" https://api.example.com/

  The same, with the token neither in the process list nor in the environment:
  $ oauth-code token -p work -o curl-config | curl -K - https://api.example.com/

  A job without a person:
  $ oauth-code token --issuer https://login.example.com --client-id my-job \\
      --client-secret-env JOB_SECRET --grant-type client_credentials

  A token of another server exchanged for one of this (RFC 8693):
  $ oauth-code token --issuer https://login.example.com --client-id my-gateway \\
      --client-secret-env GATEWAY_SECRET --audience backend --subject-token-env TOKEN \\
      --grant-type urn:ietf:params:oauth:grant-type:token-exchange

  A token that is bound to a key (DPoP), with a proof for this one request:
  $ oauth-code token -p work -o curl-config --for 'GET https://api.example.com/' \\
      | curl -K - https://api.example.com/

  As a credential helper of git:
  $ oauth-code profile edit work --set git_hosts=git.example.com
  $ git config credential.https://git.example.com.helper \\
      '!oauth-code token -p work -o git-credential'

This command never asks questions: when a login is needed, the exit status is 4.`;

/** Gives `token` its options and action. */
export const define = defineCommand({
  description:
    'Print an access token that is valid now: the saved one, else a refreshed one, else one that needs no person.',
  usage: '[-p NAME | --issuer URL --client-id ID] [options]',
  words: { '[action]': 'with -o git-credential: get, store or erase, as git says it' },
  groups: tokenOptionGroups,
  notes: examples,
  async action({ settle }, [action]) {
    const [settings, invocation] = await settle(settlePrintToken);
    await runToken(settings, action, invocation);
  },
});

/**
 * Obtains a token and prints it as it is wanted.
 * @throws LoginRequiredError when a person is needed; what obtaining and printing throw
 */
async function runToken(
  settings: PrintTokenSettings,
  action: string | undefined,
  invocation: Invocation,
): Promise<void> {
  const { context } = invocation;
  await recordEvenNothing(invocation);
  const format = settings.format();
  if (format === 'git-credential') return answerGit(settings, action, invocation);
  if (action !== undefined) {
    const message = `'${action}' needs -o git-credential`;
    throw new CommanderError(2, 'commander.excessArguments', message);
  }
  const execInfo = format === 'exec-credential' ? requireCluster(settings, context.env) : undefined;
  const outputFile = format === 'github-output' ? requireOutputFile(context.env) : undefined;
  const proven = settings.provenRequest(format);
  const { token: obtained, expected, waived } = await obtainExpected(settings, invocation);
  const chosen = chosenToken(obtained, settings.which, format, context.now());
  const proof = proven && (await proofFor(chosen, proven, format, context.now()));
  const token = { ...chosen, proof };
  const { stdout } = context.terminal;
  if (outputFile !== undefined) {
    // Masked before it stands anywhere a later step could print it from.
    stdout.write(renderGithubMasks(token));
    const { randomUUID } = await import('node:crypto');
    return context.files.append(outputFile, renderGithubOutput(token, `oauth-code-${randomUUID()}`));
  }
  stdout.write(
    execInfo === undefined
      ? render({ ...token, checks: [...token.checks, ...expected] }, format, waived, invocation)
      : renderExecCredential(token, execInfo, waived),
  );
}

/**
 * The token that is printed: for kubectl the ID token where the session has one, else as the user chose.
 * @throws UsageError when there is none; LoginRequiredError when it has expired and a refresh brought no new one
 */
function chosenToken(
  token: ObtainedToken,
  which: PrintTokenSettings['which'],
  format: TokenFormat,
  now: Date,
): ObtainedToken {
  const { id_token: idToken } = token.session.tokens;
  const wanted =
    which ?? (format === 'exec-credential' && idToken !== undefined ? 'id_token' : 'access_token');
  if (wanted === 'access_token' || format === 'json') return token;
  if (idToken === undefined) {
    throw new UsageError('The session has no ID token.', {
      hint: 'Log in with the scope openid, or print the access token: --token access_token',
    });
  }
  const expiresAt = momentIn(idToken, 'exp');
  if (expiresAt !== null && expiresAt <= now) {
    throw new LoginRequiredError('The ID token has expired, and the refresh brought no new one.', {
      hint: say`Log in again: ${loginCommand(token.session.owner, token.session)}`,
    });
  }
  return { ...token, accessToken: idToken, tokenType: 'Bearer', expiresAt };
}

/** A proof for one request with the token (RFC 9449 §4.2); undefined for a token that needs none. @throws UsageError */
async function proofFor(
  { accessToken, tokenType, session }: ObtainedToken,
  proven: NonNullable<ReturnType<PrintTokenSettings['provenRequest']>>,
  format: TokenFormat,
  now: Date,
): Promise<string | undefined> {
  const { dpop_key: key } = session.tokens;
  if (tokenType === 'DPoP' && key !== undefined) {
    const { buildDpopProof } = await import('../client/dpop.ts');
    return buildDpopProof(key, { ...proven, accessToken, now });
  }
  if (format !== 'dpop-proof') return undefined;
  throw new UsageError('The token is not bound to a key (DPoP): a proof has no effect with it.', {
    hint: 'Log in with --dpop, or send it as a Bearer token: -o header',
  });
}

async function obtainExpected(settings: PrintTokenSettings, invocation: Invocation) {
  const expectations = await settings.expectations();
  const wanted = await settings.token();
  const token = await obtainForRun(wanted, invocation);
  const { waived } = wanted.renewal;
  if (expectations.length === 0) return { token, waived, expected: [] };
  const { requireExpectedToken } = await import('./expectations.ts');
  const expected = await requireExpectedToken(expectations, token, wanted, invocation);
  return { token, waived, expected };
}

function render(
  token: ObtainedToken & Pick<ShownToken, 'proof'>,
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
    case 'dpop-proof':
      return `${token.proof}\n`;
    case 'json':
      return renderJson(buildTokenDocument(token), { pretty: stdout.isTTY, color: stdout.color });
    default:
      return renderBareToken(token);
  }
}

/** A token that is bound to clusters goes to those alone. @throws UsageError before any token is fetched */
function requireCluster(
  { kubernetesServers }: PrintTokenSettings,
  env: Invocation['context']['env'],
): ExecInfo {
  const info = readExecInfo(env.KUBERNETES_EXEC_INFO);
  const { places, lineWith } = kubernetesServers();
  const { server } = info;
  if (places.length === 0 || (server !== undefined && places.includes(server))) return info;
  if (server === undefined) {
    throw new UsageError(
      'This token is bound to clusters, and kubectl does not name an https cluster for it.',
      { hint: 'Set this in the exec entry of the kubeconfig: provideClusterInfo: true' },
    );
  }
  throw new UsageError(say`This token is not bound to the cluster ${server}.`, {
    hint: say`If that cluster may have it: ${lineWith(server)}`,
  });
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
    throw new UsageError('-o git-credential needs the word that git adds: get, store or erase.', {
      hint: "git config credential.https://HOST.helper '!oauth-code token -p NAME -o git-credential'",
    });
  }
  if (!['get', 'store', 'erase'].includes(action)) return;
  const request = readGitCredentialRequest(await terminal.readStdin());
  requireBoundHost(settings, request);
  if (action === 'store') return;
  if (action === 'erase') return erase(settings, request, invocation);
  const { token: obtained, waived } = await obtainExpected(settings, invocation);
  const token = chosenToken(obtained, settings.which, 'git-credential', invocation.context.now());
  terminal.stdout.write(renderGitCredential(token, request, settings.git, waived));
}

/** Any remote that a repository names makes git ask: only the hosts that the user named get an answer. */
function requireBoundHost({ gitHosts }: PrintTokenSettings, { protocol, host }: GitCredentialRequest): void {
  const { places, lineWith } = gitHosts();
  const asking = protocol === 'https' ? httpsHost(host ?? '') : undefined;
  if (asking === undefined) {
    throw new UsageError('git asks for a host without https, and the token is sent over https only.', {
      hint: 'Use an https URL for the remote.',
    });
  }
  if (places.includes(asking)) return;
  throw new UsageError(say`This token is not bound to ${asking}, for which git asks.`, {
    hint: say`If that host may have it: ${lineWith(asking)}`,
  });
}

async function erase(
  settings: PrintTokenSettings,
  { password }: GitCredentialRequest,
  invocation: Invocation,
): Promise<void> {
  const { wanted } = await settings.token();
  const found = await findOpenSession(wanted, sessionRun(invocation));
  if (found === undefined || found.session.tokens.access_token !== password) return;
  const { retireToken } = await import('../sessions/forget-session.ts');
  await retireToken(password, 'refused', found.name, invocation.context);
}
