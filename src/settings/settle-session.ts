import { UsageError } from '../errors.ts';
import { isHttpUrl } from '../http-message.ts';
import { httpsHost, httpsServer } from '../output/token-formats.ts';
import { shellWord } from '../output/trace/shell-text.ts';
import { endpointProblem } from '../protocol/authorization-request.ts';
import { readRedirectUri } from '../protocol/redirect-uri.ts';
import { own, say } from '../say.ts';
import type { OptionReader, Settled } from './option-reader.ts';
import { asksForJson, isCi, settleExpectations } from './output-settings.ts';
import type { TokenFormat } from './session-options.ts';
import type { Settling } from './settle-client.ts';
import { settleConnection } from './settle-server.ts';
import { settleAccess, settleToken, settleWantedSession } from './settle-token.ts';

/** Settles `token`; what may be wrong with its options is found out when the trace of the run has begun. */
export function settlePrintToken(options: OptionReader, run: Settling) {
  return {
    /** @throws UsageError when two formats were given */
    format: () => settleFormat(options),
    expectations: () => settleExpectations(options),
    /** Set where the user chose. */
    which: options.text('token') as 'access_token' | 'id_token' | undefined,
    git: { username: options.text('git-username') ?? 'oauth2', bearer: options.isOn('git-bearer') },
    /** @throws UsageError for a host or URL that is none */
    gitHosts: () => settleBinding(options, 'git-host', 'git_hosts', httpsHost),
    kubernetesServers: () => settleBinding(options, 'kubernetes-server', 'kubernetes_servers', httpsServer),
    /** The request that a proof is for. @throws UsageError */
    provenRequest: (format: TokenFormat) => settleProvenRequest(options, format),
    /** @throws UsageError when nothing says whose token is meant */
    token: () => settleToken(options, run),
  };
}

const provenFormats: readonly TokenFormat[] = ['dpop-proof', 'header', 'curl-config'];

function settleProvenRequest(options: OptionReader, format: TokenFormat) {
  const text = options.text('for');
  const nonce = options.text('dpop-nonce');
  if (text === undefined) {
    if (format !== 'dpop-proof' && nonce === undefined) return undefined;
    throw new UsageError('A DPoP proof is made for one request, and none was given.', {
      hint: 'Add --for "GET https://api.example.com/items", with the method and URL of the request.',
    });
  }
  if (!provenFormats.includes(format)) {
    throw new UsageError(say`${options.source('for')} has no effect with -o ${own(format)}.`, {
      hint: 'Use -o dpop-proof, -o header or -o curl-config.',
    });
  }
  const [, method = 'GET', url = ''] = /^(?:([A-Za-z-]+)\s+)?(\S+)$/.exec(text.trim()) ?? [];
  if (!isHttpUrl(url)) {
    throw new UsageError(
      say`${options.source('for')} is "${text}", which is not a method and an http or https URL.`,
      { hint: 'For example: --for "GET https://api.example.com/items"' },
    );
  }
  const problem = endpointProblem(url);
  if (problem === undefined) return { method: method.toUpperCase(), url: new URL(url).href, nonce };
  throw new UsageError(say`The URL of ${options.source('for')} ${own(problem)}.`, {
    hint: 'Remove the part before @ from the URL.',
  });
}

/** What `token` prints. */
export type PrintTokenSettings = Settled<typeof settlePrintToken>;

/** The places to which the user bound a token. */
function settleBinding(
  options: OptionReader,
  option: string,
  key: string,
  comparable: (text: string) => string | undefined,
) {
  const places = options.list(option).map((text) => {
    const place = comparable(text);
    if (place !== undefined) return place;
    throw new UsageError(say`${options.source(option)} is "${text}".`, {
      hint:
        option === 'git-host'
          ? 'Write git.example.com or git.example.com:8443, without https://, path or wildcard.'
          : 'Write the https URL of the cluster, as the kubeconfig has it.',
    });
  });
  const isSaved = options.profile !== undefined && /^(?:profile|undefined)$/.test(`${options.place(option)}`);
  return {
    /** As they are compared. */
    places,
    /** What binds one more, for a person to do. */
    lineWith(place: string) {
      const all = [...places, place];
      if (!isSaved)
        return `add ${all.map((each) => `--${option} ${shellWord(each)}`).join(' ')} to this command`;
      const value = places.length === 0 ? place : JSON.stringify(all);
      return `oauth-code profile edit ${shellWord(options.profile ?? '')} --set ${shellWord(`${key}=${value}`)}`;
    },
  };
}

function settleFormat(options: OptionReader): TokenFormat {
  const format = options.text('output') as TokenFormat | undefined;
  if (!asksForJson(options)) return format ?? 'token';
  if (format === undefined || format === 'json') return 'json';
  throw new UsageError(`--json and -o ${format} exclude each other.`);
}

/** Settles `refresh`. @throws UsageError */
export async function settleRefresh(options: OptionReader, run: Settling) {
  return {
    token: await settleToken(options, run),
  };
}

/** What `refresh` needs. */
export type RefreshSettings = Settled<typeof settleRefresh>;

/** Settles `logout`; whose session it is about is found out when the trace of the run has begun. @throws UsageError */
export function settleLogout(options: OptionReader, run: Settling) {
  const back = options.text('post-logout-redirect-uri');
  const problem =
    back === undefined
      ? undefined
      : (endpointProblem(back) ?? (readRedirectUri(back) ? undefined : 'has a fragment or is malformed'));
  if (problem !== undefined) {
    throw new UsageError(say`${options.source('post-logout-redirect-uri')} ${own(problem)}.`, {
      hint: 'Give the http or https address that is registered as post_logout_redirect_uris of the client.',
    });
  }
  return {
    yes: options.isOn('yes'),
    all: options.isOn('all'),
    revoke: options.isOn('revoke'),
    revocationEndpoint: options.text('revocation-endpoint'),
    endSession: options.isOn('end-session'),
    endSessionEndpoint: options.text('end-session-endpoint'),
    postLogoutRedirectUri: back,
    /** undefined: the system's one; `off`: none. */
    browser: options.isOn('no-browser') ? 'off' : options.text('browser'),
    browserTimeoutSeconds: options.number('browser-timeout', { min: 1, max: 86_400 }) ?? 300,
    isUnattended: options.isOn('no-input') || isCi(run.context.env),
    wanted: () => settleWantedSession(options, run.context),
    access: () => settleAccess(options, run),
  };
}

/** What `logout` is to do. */
export type LogoutSettings = Settled<typeof settleLogout>;

/** Settles a subcommand of `session`. */
export function settleSavedSessions(options: OptionReader, { context }: Settling) {
  return {
    yes: options.isOn('yes'),
    all: options.isOn('all'),
    /** For the clients that go with a session. @throws UsageError, ConfigError */
    connection: () => settleConnection(options, context),
  };
}

/** Settings of the subcommands of `session`. */
export type SavedSessionsSettings = Settled<typeof settleSavedSessions>;

/** Settles `exec`. @throws UsageError */
export async function settleExec(options: OptionReader, run: Settling) {
  const variable = options.text('env') ?? 'OAUTH_CODE_ACCESS_TOKEN';
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) {
    throw new UsageError(say`${options.source('env')} is not a variable name: ${variable}`, {
      hint: 'Use letters, digits and _, such as API_TOKEN.',
    });
  }
  return {
    /** The variable that holds the token. */
    variable,
    /** Whether it holds the whole header. */
    header: options.isOn('header'),
    expectations: await settleExpectations(options),
    token: await settleToken(options, run),
  };
}

/** What `exec` runs its program with. */
export type ExecSettings = Settled<typeof settleExec>;
