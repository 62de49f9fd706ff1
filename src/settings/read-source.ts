import type { AssertionService } from '../client/client.ts';
import type { Context } from '../context.ts';
import { ConfigError, LoginRequiredError, UsageError } from '../errors.ts';
import { requireJwt } from '../flows/client-assertion.ts';
import { isUrl } from '../http-message.ts';
import { own, say } from '../say.ts';
import { findSession } from '../storage/find-session.ts';
import { isFresh } from '../storage/session-file.ts';
import { openSession } from '../storage/session-store.ts';
import { readSecret } from './read-secret.ts';
import { gitlabVariable } from './setting-layers.ts';

/** Where Kubernetes puts the token of a pod, unless its volume says otherwise. */
const podToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

const sources =
  'github[:AUDIENCE], gitlab[:VARIABLE], kubernetes[:FILE], env:NAME, file:PATH or command:COMMAND';

/** A source of tokens that an option names. */
export interface TokenSource {
  /** As the user wrote it. */
  readonly from: string;
  /** The name of the option in a message. */
  readonly source: string;
  /** What is read there, such as `assertion`. */
  readonly what: string;
  /** The type of token to take of a session; undefined where no session may be named. */
  readonly sessionType?: string;
  /** What a token of GitHub is for, where its source does not name it. */
  readonly audience: string | undefined;
  readonly quiet: boolean;
}

/**
 * A token from the source that an option names: of the platform that a job runs on, or from elsewhere. Of a GitHub
 * Actions job it is where to ask for it.
 * @throws UsageError, ConfigError; LoginRequiredError for a saved session that has no token
 */
export async function readSource(named: TokenSource, context: Context): Promise<string | AssertionService> {
  const { from, source, what, sessionType, quiet } = named;
  const [, kind = '', rest = ''] = /^([a-z]+)(?::(.*))?$/s.exec(from) ?? [];
  const read = async (place: 'env' | 'file', name: string) =>
    (await readSecret({ kind: place, name, source, what }, quiet, context)).trim();
  if (kind === 'github') return githubService(rest || named.audience, `${source} ${from}`, context);
  if (kind === 'gitlab') return read('env', rest || gitlabVariable);
  if (kind === 'kubernetes') return read('file', rest || podToken);
  if (rest !== '') {
    if (kind === 'env' || kind === 'file') return read(kind, rest);
    if (kind === 'command') {
      const output = (await context.outputOf(rest)).trim();
      if (output !== '') return output;
      throw new ConfigError(say`The command of ${source} wrote nothing to stdout.`);
    }
    if (kind === 'session' && sessionType !== undefined)
      return tokenOfSession(rest, sessionType, source, context);
  }
  // Perhaps the token itself was given: it is not shown.
  throw new UsageError(say`${source} does not name where the ${own(what)} comes from.`, {
    hint: own(`Use ${sessionType === undefined ? '' : 'session:PROFILE, '}${sources}.`),
  });
}

/**
 * The assertion that a platform gives its jobs, with which the client proves itself in place of a secret (RFC 7523
 * §2.2): from a variable or a file, or where the runner of a GitHub Actions job is asked for it.
 * @throws UsageError, ConfigError
 */
export async function readAssertion(
  named: TokenSource,
  context: Context,
): Promise<{ clientAssertion?: string; assertionService?: AssertionService }> {
  const read = await readSource(named, context);
  if (typeof read !== 'string') return { assertionService: read };
  requireJwt(read, `${named.source} ${named.from}`);
  return { clientAssertion: read };
}

/** The audience is what servers expect of an assertion, their issuer, unless another is named. */
function githubService(audience: string | undefined, source: string, { env }: Context): AssertionService {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken } = env;
  if (!url || !requestToken || !isUrl(url)) {
    throw new UsageError(say`${source} works in a GitHub Actions job that may ask for a token.`, {
      hint: 'Give the job "permissions: id-token: write". ACTIONS_ID_TOKEN_REQUEST_URL and …_TOKEN are then set.',
    });
  }
  if (audience === undefined) {
    throw new UsageError('The audience of the token of the job is not known.', {
      hint: say`Use ${source}:AUDIENCE, or give --issuer URL.`,
    });
  }
  return { url, requestToken, audience, source };
}

async function tokenOfSession(name: string, type: string, source: string, context: Context): Promise<string> {
  const owner = { type: 'profile', name } as const;
  const found = await findSession(context, { owner, scope: [], resource: [] });
  const hint = say`Get one first: oauth-code login -p ${name}, or without a user oauth-code token -p ${name}`;
  if (found.type !== 'found') {
    throw new LoginRequiredError(say`${source} names the profile ${name}, which has no saved session.`, {
      hint,
    });
  }
  const { tokens } = await openSession(context, found.saved);
  const token = type === 'id_token' || type === 'refresh_token' ? tokens[type] : tokens.access_token;
  if (token === undefined) {
    throw new UsageError(say`The session of the profile ${name} has no ${type}.`, {
      hint: 'Log in with a scope that brings it, or name another type.',
    });
  }
  if (type !== 'refresh_token' && !isFresh(found.saved, context.now(), {})) {
    throw new LoginRequiredError(say`The token of the profile ${name} is no longer valid.`, { hint });
  }
  return token;
}
