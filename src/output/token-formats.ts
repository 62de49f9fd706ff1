import { UsageError } from '../errors.ts';
import { isUrl } from '../http-message.ts';
import { say } from '../say.ts';
import {
  authorizationOf,
  headerLines,
  renderBareToken,
  requireBearer,
  requirePrintable,
  type ShownToken,
  type Waived,
} from './token-header.ts';

const none: Waived = new Set();

/** A line of a dotenv file; single quotes, in which nothing means anything. @throws InvalidResponseError, UsageError */
export function renderEnv({ accessToken }: ShownToken): string {
  const token = requirePrintable(accessToken);
  if (!token.includes("'")) return `OAUTH_CODE_ACCESS_TOKEN='${token}'\n`;
  throw new UsageError('The access token holds a single quote, which dotenv files cannot hold safely.', {
    hint: 'Use -o token or -o json.',
  });
}

/** Lines of a curl configuration, for `curl -K -`. @throws InvalidResponseError, UsageError */
export function renderCurlConfig(token: ShownToken, waived: Waived = none): string {
  return headerLines(token, waived)
    .map((line) => `header = "${line.replace(/["\\]/g, '\\$&')}"\n`)
    .join('');
}

const execCredentialVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** What kubectl and other users of client-go ask for. */
export interface ExecInfo {
  readonly apiVersion: string;
  /** As it is compared; they name it with `provideClusterInfo: true` only. */
  readonly server: string | undefined;
}

/** The answer to kubectl and other users of client-go. @throws InvalidResponseError, UsageError, ValidationError */
export function renderExecCredential(
  token: ShownToken,
  { apiVersion }: ExecInfo,
  waived: Waived = none,
): string {
  requireBearer(token.tokenType, waived);
  const status = {
    ...(token.expiresAt === null
      ? {}
      : { expirationTimestamp: token.expiresAt.toISOString().replace(/\.\d+Z$/, 'Z') }),
    token: requirePrintable(token.accessToken),
  };
  return `${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\n`;
}

/** Reads KUBERNETES_EXEC_INFO; without it v1 is asked for. @throws UsageError when it is not JSON or another version */
export function readExecInfo(text: string | undefined): ExecInfo {
  const [newest = ''] = execCredentialVersions;
  if (!text) return { apiVersion: newest, server: undefined };
  let apiVersion: unknown;
  let server: unknown;
  try {
    const info = JSON.parse(text);
    apiVersion = info.apiVersion;
    server = info.spec?.cluster?.server;
  } catch {
    throw new UsageError('KUBERNETES_EXEC_INFO is not a JSON object.');
  }
  if (typeof apiVersion === 'string' && execCredentialVersions.includes(apiVersion))
    return { apiVersion, server: httpsServer(server) };
  throw new UsageError('KUBERNETES_EXEC_INFO asks for a version of ExecCredential that is not known here.', {
    hint: say`Set apiVersion in the exec entry of the kubeconfig to one of: ${execCredentialVersions.join(', ')}.`,
  });
}

/**
 * The workflow commands that hide a token in the log of a GitHub Actions job, to be printed before it is used: for the
 * token, its parts, and its common encodings.
 */
export function renderGithubMasks({ accessToken }: Pick<ShownToken, 'accessToken'>): string {
  const token = requirePrintable(accessToken);
  const parts = token.split('.').filter((part) => part.length >= shortestMask);
  const octets = Buffer.from(token);
  const masks = new Set([
    token,
    ...(parts.length > 1 ? parts : []),
    encodeURIComponent(token),
    octets.toString('base64'),
    octets.toString('base64url'),
  ]);
  return [...masks].map((mask) => `::add-mask::${escapeCommandData(mask)}\n`).join('');
}

/** Shorter parts occur in other texts too. */
const shortestMask = 12;

/** The data of a workflow command. */
function escapeCommandData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Lines for the file that GITHUB_OUTPUT names; `delimiter` is random, so that no value can hold it. */
export function renderGithubOutput({ accessToken, expiresAt }: ShownToken, delimiter: string): string {
  const outputs = [
    ['access_token', requirePrintable(accessToken)],
    ...(expiresAt === null ? [] : [['expires_at', expiresAt.toISOString()] as const]),
  ] as const;
  return outputs.map(([name, value]) => `${name}<<${delimiter}\n${value}\n${delimiter}\n`).join('');
}

/** The request of git to a credential helper on stdin; later lines of a name win, `[]` ones add up (git-credential(1)). */
export interface GitCredentialRequest {
  readonly protocol: string | undefined;
  readonly host: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly capabilities: readonly string[];
}

/** Reads `name=value` lines up to the first empty one; names that are not known are ignored, as git asks. */
export function readGitCredentialRequest(text: string): GitCredentialRequest {
  const values = new Map<string, string>();
  const capabilities: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line === '') break;
    const at = line.indexOf('=');
    if (at <= 0) continue;
    const [name, value] = [line.slice(0, at), line.slice(at + 1)];
    if (name === 'capability[]') capabilities.push(value);
    else values.set(name, value);
  }
  return {
    protocol: values.get('protocol'),
    host: values.get('host'),
    username: values.get('username'),
    password: values.get('password') ?? values.get('credential'),
    capabilities,
  };
}

/** A host with its port, unless that is 443, as it is compared; undefined for a URL, a user name or a wildcard. */
export function httpsHost(text: string): string | undefined {
  const url = `https://${text}`;
  if (!/^(?:\[[\da-f:.]+\]|[^\s\p{Cc}/?#@\\*%:[\]]+)(?::\d{1,5})?$/iu.test(text) || !isUrl(url))
    return undefined;
  return new URL(url).host;
}

/** The https URL of a server as it is compared; undefined for anything else. */
export function httpsServer(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^https:\/\/[^\s\p{Cc}*@?#\\]+$/iu.test(text) || !isUrl(text))
    return undefined;
  return new URL(text).href.replace(/\/+$/, '');
}

/** How git is to use the token. */
export interface GitCredentialManner {
  /** Sent as the user name; git's own goes before it. */
  readonly username: string;
  /** Answer with a Bearer token to a git that can use one (2.46 and later). */
  readonly bearer: boolean;
}

/**
 * The answer of a credential helper: a user name and the token as password, which every git can use; or the token as a
 * Bearer credential, which is not to be stored, when that is wanted and git has announced that it can.
 * @throws InvalidResponseError, UsageError for a token that cannot stand there
 */
export function renderGitCredential(
  token: ShownToken,
  { capabilities, username }: GitCredentialRequest,
  manner: GitCredentialManner,
  waived: Waived = none,
): string {
  const secret = renderBareToken(token).trimEnd();
  const expiry =
    token.expiresAt === null ? [] : [`password_expiry_utc=${Math.floor(token.expiresAt.getTime() / 1000)}`];
  const [scheme = ''] = authorizationOf(token, waived).split(' ');
  const lines =
    manner.bearer && capabilities.includes('authtype')
      ? ['capability[]=authtype', `authtype=${scheme}`, `credential=${secret}`, 'ephemeral=1', ...expiry]
      : [`username=${username ?? manner.username}`, `password=${secret}`, ...expiry];
  return `${lines.join('\n')}\n`;
}
