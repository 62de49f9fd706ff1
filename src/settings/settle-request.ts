import { loginGrant } from '../client/grants.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { ResourceRequest } from '../flows/call-resource.ts';
import type { DpopSettings } from '../flows/conversation.ts';
import { isUrl } from '../http-message.ts';
import { parsePlainJson } from '../json/json.ts';
import type { StepUp } from '../output/explain-challenge.ts';
import { decodeText, inUtf8 } from '../protocol/text-input.ts';
import { own, say } from '../say.ts';
import type { TokenSettings } from '../sessions/token-settings.ts';
import type { Session } from '../storage/session-store.ts';
import type { OptionReader, Settled } from './option-reader.ts';
import { settleExpectations } from './output-settings.ts';
import { readSecret } from './read-secret.ts';
import { readClientSecret, type Settling, settleDpop } from './settle-client.ts';
import { guessUrl, settleClockTolerance } from './settle-server.ts';
import {
  readSecretToken,
  settleAccess,
  settleToken,
  settleWantedSession,
  withRemembered,
} from './settle-token.ts';

/** An access token from elsewhere, or the one of a session. */
export type AccessTokenSettings =
  | { readonly type: 'given'; readonly token: string; readonly dpop: DpopSettings | undefined }
  | { readonly type: 'session'; readonly settings: TokenSettings };

async function settleAccessToken(options: OptionReader, run: Settling): Promise<AccessTokenSettings> {
  const token = await readSecretToken(options, 'access-token', run);
  if (token === undefined) return { type: 'session', settings: await settleToken(options, run) };
  // A token from elsewhere can only be bound to a key that is given too.
  const hasKey = options.text('dpop-key') !== undefined;
  return { type: 'given', token, dpop: hasKey ? await settleDpop(options, run) : undefined };
}

/** Settles `userinfo`. @throws UsageError, ConfigError */
export async function settleUserinfo(options: OptionReader, run: Settling) {
  return {
    access: settleAccess(options, run),
    expectations: await settleExpectations(options),
    token: await settleAccessToken(options, run),
    /** @throws UsageError, ConfigError */
    clientSecret: () => readClientSecret(options, run.context),
    /** The client that the token is of, when it is not of a session. */
    clientId: options.text('client-id'),
  };
}

/** What `userinfo` needs. */
export type UserinfoSettings = Settled<typeof settleUserinfo>;

/**
 * Settles `introspect` and `revoke`: the token is the argument, stdin, what an option names, else one of the saved
 * session.
 * @throws UsageError, ConfigError
 */
export async function settleManagedToken(argument: string | undefined, options: OptionReader, run: Settling) {
  const expectations = await settleExpectations(options);
  const access = settleAccess(options, run);
  const token =
    argument === undefined
      ? await readSecretToken(options, 'access-token', run)
      : await readArgument(argument, options, run.context);
  if (token !== undefined) run.journal.secrets.push({ kind: 'token', value: token });
  return {
    access,
    expectations,
    /** The token itself, else that of a session, which is not refreshed: it is this very token that is meant. */
    token:
      token === undefined
        ? ({ type: 'session', wanted: await settleWantedSession(options, run.context) } as const)
        : ({ type: 'given', token } as const),
    tokenTypeHint: options.text('token-type-hint'),
    clockToleranceSeconds: settleClockTolerance(options),
  };
}

/** What `introspect` and `revoke` need. */
export type ManagedTokenSettings = Settled<typeof settleManagedToken>;

async function readArgument(argument: string, options: OptionReader, context: Context): Promise<string> {
  if (argument !== '-') return argument;
  const place = { kind: 'file', name: '-', source: 'The argument', what: 'token' } as const;
  return (await readSecret(place, options.isOn('quiet'), context)).trim();
}

/** The arguments of `request`. */
export interface RequestArguments {
  readonly method?: string;
  readonly url: string;
}

interface Body {
  readonly octets: Uint8Array;
  readonly contentType: string;
}

/** Settles `request` from its arguments and options. @throws UsageError, ConfigError */
export async function settleRequest(given: RequestArguments, options: OptionReader, run: Settling) {
  return {
    access: settleAccess(options, run),
    request: await settleResourceRequest(given, options, run.context),
    token: await settleAccessToken(options, run),
    /** Settles the login that a challenge asks for; undefined where none is to be run. */
    stepUpLogin: settleStepUp(options, run),
    /** Whether logins are of a flow whose first request says nothing about the authentication that is wanted. */
    isElsewhere: isElsewhere(options),
    follow: options.isOn('follow'),
    /** Whether any error status is an error. */
    fail: options.isOn('fail'),
    /** Whether status and headers are printed. */
    include: options.isOn('include') || options.isOn('head'),
  };
}

/** What `request` sends, and how the answer is shown. */
export type RequestSettings = Settled<typeof settleRequest>;

function isElsewhere(options: OptionReader): boolean {
  return /^(?:device|ciba)$/.test(options.text('flow') ?? '');
}

/**
 * What settles the login of a session with what a challenge asks for on top of what the session asked for and was granted;
 * undefined where none is wanted. That is undefined for the session of a profile that this run does not use.
 * @throws UsageError for options that a login has no use for
 */
function settleStepUp(options: OptionReader, run: Settling) {
  if (!options.isOn('step-up')) return undefined;
  const useless = ['access-token-file', 'access-token-env', 'max-age'].find(
    (name) => options.place(name) === 'flag',
  );
  if (useless !== undefined)
    throw new UsageError(say`${options.source('step-up')} and ${own(`--${useless}`)} exclude each other.`);
  return async ({ owner, issuer, requested, ...session }: Session, wanted: StepUp) => {
    if (owner.type === 'profile' && owner.name !== options.profile) return undefined;
    const { settleLoginCommand } = await import('./settle-login.ts');
    const asked: readonly (readonly [string, readonly (string | null)[]])[] = [
      ['issuer', options.text('metadata-url') === undefined ? [issuer] : []],
      ['scope', [...new Set([...requested.scope, ...session.scope, ...wanted.scope])]],
      ['resource', requested.resource],
      ['audience', [requested.audience]],
      ['acr-values', [wanted.acrValues]],
      ['max-age', [wanted.maxAge]],
      // A user began the session, whatever the grant of the profile is.
      ['grant-type', [loginGrant.type]],
      ['flow', isElsewhere(options) && (wanted.acrValues ?? wanted.maxAge) !== null ? ['code'] : []],
    ];
    const above = asked.flatMap(([name, given]) => {
      const values = given.filter((value) => value !== null);
      return values.length === 0 ? [] : [{ name, values, source: 'the challenge of the API' }];
    });
    return settleLoginCommand(withRemembered(options, session).with({ above }), run);
  };
}

async function settleResourceRequest(
  { method, url }: RequestArguments,
  options: OptionReader,
  context: Context,
): Promise<ResourceRequest> {
  const target = settleUrl(url, options);
  const body = await settleBody(options, context);
  const isHead = options.isOn('head');
  if (isHead && (method !== undefined || body !== undefined)) {
    throw new UsageError(
      `--head asks with HEAD, without ${body === undefined ? 'another method' : 'a body'}.`,
    );
  }
  const headers = settleHeaders(options, [
    ['accept', '*/*'],
    ...(body === undefined ? [] : [['content-type', body.contentType] as const]),
  ]);
  return {
    method: isHead ? 'HEAD' : settleMethod(method ?? (body === undefined ? 'GET' : 'POST')),
    url: target.href,
    headers,
    ...(body === undefined ? {} : { body: Buffer.from(body.octets).toString('utf8'), octets: body.octets }),
  };
}

function settleMethod(method: string): string {
  if (/^[A-Za-z][A-Za-z-]*$/.test(method)) return method.toUpperCase();
  throw new UsageError(say`"${method}" is not an HTTP method.`, {
    hint: 'For example: oauth-code request POST URL',
  });
}

function settleUrl(text: string, options: OptionReader): URL {
  if (!isUrl(text) || !/^https?:\/\/[^\s\\]+$/i.test(text)) {
    const guess = /^(?:[\w-]+(?:\.[\w-]+)+|localhost|\[::1\])(?:[:/?].*)?$/i.test(text)
      ? guessUrl(text)
      : undefined;
    throw new UsageError(say`"${text}" is not an http or https URL.`, {
      hint:
        guess === undefined
          ? 'Give an absolute URL, such as https://api.example.com/me.'
          : say`Did you mean ${guess}?`,
    });
  }
  const url = new URL(text);
  url.hash = '';
  for (const pair of options.list('query')) {
    const at = pair.indexOf('=');
    if (at < 1)
      throw new UsageError(say`${options.source('query')} has no parameter name.`, {
        hint: 'Write --query name=value.',
      });
    url.searchParams.append(pair.slice(0, at), pair.slice(at + 1));
  }
  return url;
}

/** The headers that this tool writes, with what they carry and what is given in their place. */
const ownHeaders: Readonly<Record<string, readonly [carried: string, hint: string]>> = {
  authorization: [
    'the access token',
    'Another token is given with --access-token-file or --access-token-env.',
  ],
  dpop: ['the proof', 'Another key is given with --dpop-key FILE.'],
};

function settleHeaders(
  options: OptionReader,
  defaults: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const given = options.list('header').map((line): readonly [string, string] => {
    const [, name = '', value = ''] = /^([^:\s]+):(.*)$/s.exec(line) ?? [];
    if (name === '') {
      // The value is left out: it may be a secret.
      throw new UsageError(say`${options.source('header')} has no header name.`, {
        hint: "Write -H 'Name: value'.",
      });
    }
    const [carried, hint] = ownHeaders[name.toLowerCase()] ?? [];
    if (carried !== undefined) {
      throw new UsageError(say`The ${own(name)} header carries ${own(carried)} of this command.`, {
        hint: own(`Leave the header out. ${hint}`),
      });
    }
    return [name, value.trim()];
  });
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  return [...defaults.filter(([name]) => !names.has(name)), ...given.filter(([, value]) => value !== '')];
}

async function settleBody(options: OptionReader, context: Context): Promise<Body | undefined> {
  const given = (['data', 'data-json', 'file'] as const).filter((name) => options.list(name).length > 0);
  const [kind, other] = given;
  if (kind === undefined) return undefined;
  if (other !== undefined) {
    throw new UsageError(
      say`The body was given twice, by ${options.source(kind)} and ${options.source(other)}.`,
      { hint: 'Leave one of them out.' },
    );
  }
  const values = options.list(kind);
  switch (kind) {
    case 'data': {
      const parts: Uint8Array[] = [];
      for (const value of values) {
        if (parts.length > 0) parts.push(Buffer.from('&'));
        parts.push(await readData(value, context));
      }
      return { octets: Buffer.concat(parts), contentType: 'application/x-www-form-urlencoded' };
    }
    case 'data-json': {
      // JSON goes over the wire in UTF-8 (RFC 8259 §8.1).
      const octets = inUtf8(await readData(values.at(-1) ?? '', context));
      if (parsePlainJson(decodeText(octets)) === undefined) {
        throw new UsageError(say`${options.source(kind)} is not JSON.`, {
          hint: `For example: --data-json '{"name":"x"}'`,
        });
      }
      return { octets, contentType: 'application/json' };
    }
    case 'file': {
      const path = values.at(-1) ?? '';
      const octets = path === '-' ? await readStdin(context) : await context.readOctets(path);
      return { octets, contentType: 'application/octet-stream' };
    }
  }
}

/** Text as it stands, or what a file or stdin holds. */
async function readData(value: string, context: Context): Promise<Uint8Array> {
  if (!value.startsWith('@')) return Buffer.from(value);
  return value === '@-' ? readStdin(context) : context.readOctets(value.slice(1));
}

async function readStdin({ readOctets, terminal }: Context): Promise<Uint8Array> {
  if (terminal.stdinIsTTY) {
    throw new UsageError('The body is to be read from stdin, which is the terminal.', {
      hint: 'Pipe it in, or name a file.',
    });
  }
  return readOctets('/dev/stdin');
}
