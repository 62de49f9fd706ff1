import { authorizationOf, renderBareToken, type ShownToken } from './token-formats.ts';

/** What git tells a credential helper on stdin; later lines of a name win, `[]` ones add up (git-credential(1)). */
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

/** Tells whether a token may travel to where git wants to send it: over TLS, or not beyond this machine. */
export function isSafeGitTarget({ protocol, host }: GitCredentialRequest): boolean {
  if (protocol === 'https') return true;
  return protocol === 'http' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host ?? '');
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
): string {
  const secret = renderBareToken(token).trimEnd();
  const expiry =
    token.expiresAt === null ? [] : [`password_expiry_utc=${Math.floor(token.expiresAt.getTime() / 1000)}`];
  const [scheme = ''] = authorizationOf(token).split(' ');
  const lines =
    manner.bearer && capabilities.includes('authtype')
      ? ['capability[]=authtype', `authtype=${scheme}`, `credential=${secret}`, 'ephemeral=1', ...expiry]
      : [`username=${username ?? manner.username}`, `password=${secret}`, ...expiry];
  return `${lines.join('\n')}\n`;
}
