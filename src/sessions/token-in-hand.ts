import type { Invocation } from '../commands/command.ts';
import { ConfigError, UsageError } from '../errors.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { readNamedFile } from '../settings/read-named-file.ts';
import type { WantedSession } from '../storage/find-session.ts';
import type { Session } from '../storage/session-store.ts';
import { obtainToken } from './obtain-token.ts';
import { settleFreshness, settleWantedSession } from './settle-session.ts';

/** An access token to be used, and the session it is of, if it is of one. */
export interface TokenInHand {
  readonly accessToken: string;
  readonly tokenType: string | null;
  /** As granted; null when nobody said. */
  readonly scope: readonly string[] | null;
  readonly expiresAt: Date | null;
  readonly saved: { readonly session: Session; readonly wanted: WantedSession } | undefined;
}

/**
 * The access token that an option names, else a valid one of the saved session, refreshed when needed.
 * @throws UsageError, ConfigError; whatever obtaining a token throws
 */
export async function takeToken(options: OptionReader, invocation: Invocation): Promise<TokenInHand> {
  const given = await readGivenToken(options, invocation);
  if (given !== undefined) {
    return { accessToken: given, tokenType: null, scope: null, expiresAt: null, saved: undefined };
  }
  const wanted = await settleWantedSession(options, invocation.context);
  const obtained = await obtainToken(options, wanted, settleFreshness(options), invocation);
  const { session, accessToken, tokenType, scope, expiresAt } = obtained;
  return { accessToken, tokenType, scope, expiresAt, saved: { session, wanted } };
}

/** The access token in the file or variable that an option names; told to the journal at once. */
export async function readGivenToken(
  options: OptionReader,
  { context, journal }: Invocation,
): Promise<string | undefined> {
  const [setting, second] = options.strongest(['access-token-file', 'access-token-env']);
  if (setting === undefined) return undefined;
  if (second !== undefined) {
    throw new UsageError(`The access token was given twice, by ${setting.source} and ${second.source}.`, {
      hint: 'Leave one of them out.',
    });
  }
  const [place = ''] = setting.values;
  const isVariable = setting.name === 'access-token-env';
  if (!isVariable && place === '-' && context.terminal.stdinIsTTY) {
    throw new UsageError(`${setting.source} - reads the token from stdin, which is the terminal.`, {
      hint: 'Pipe it in, or name a file.',
    });
  }
  const text = isVariable
    ? context.env[place]
    : place === '-'
      ? await context.terminal.readStdin()
      : await readNamedFile(place, { source: setting.source, wants: 'an access token' }, context);
  const token = text?.replace(/^\uFEFF/, '').trim();
  if (!token) {
    const what = isVariable
      ? `${place}, which ${text === undefined ? 'is not set' : 'is empty'}`
      : 'an empty file';
    throw new ConfigError(`${setting.source} names ${place === '-' ? 'stdin, which is empty' : what}.`, {
      hint: 'Put the access token there, without "Bearer".',
    });
  }
  journal.secrets.push({ kind: 'access_token', value: token });
  return token;
}
