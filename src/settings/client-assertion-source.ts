import type { Invocation } from '../commands/command.ts';
import { recordTrace } from '../commands/trace/record-trace.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { startConversation } from '../flows/conversation.ts';
import { fetchGithubToken } from '../flows/fetch-workload-token.ts';
import { narrateRenewal } from '../sessions/narrate-renewal.ts';
import { settleOutput } from '../settings/output-settings.ts';
import type { OptionReader } from './option-reader.ts';
import { settleConnection } from './settle-connection.ts';

/**
 * The assertion that a platform gives its jobs, with which the client proves itself in place of a secret (RFC 7523
 * §2.2): from the runner of a GitHub Actions job, a variable or a file. It is told to the journal at once.
 * @throws UsageError, ConfigError; NetworkError, InvalidResponseError of the runner
 */
export async function readClientAssertion(
  options: OptionReader,
  invocation: Invocation,
): Promise<string | undefined> {
  const source = options.text('assertion-from');
  if (source === undefined) return undefined;
  const [, kind = '', rest = ''] = /^([a-z]+)(?::(.*))?$/s.exec(source) ?? [];
  const assertion =
    kind === 'github'
      ? await fromGithub(rest, options, invocation)
      : kind === 'env' && rest !== ''
        ? fromVariable(rest, options, invocation)
        : kind === 'file' && rest !== ''
          ? (await invocation.context.readFile(rest)).replace(/^\uFEFF/, '').trim()
          : undefined;
  if (assertion === undefined) {
    throw new UsageError(`${options.source('assertion-from')} is "${source}".`, {
      hint: 'Use github, github:AUDIENCE, env:NAME or file:PATH.',
    });
  }
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(assertion)) {
    throw new ConfigError(
      `${options.source('assertion-from')} ${kind}${rest === '' ? '' : `:${rest}`} holds no JWT.`,
      {
        hint: 'An assertion is three parts in base64url, joined by dots.',
      },
    );
  }
  invocation.journal.secrets.push({ kind: 'client_assertion', value: assertion });
  return assertion;
}

function fromVariable(name: string, options: OptionReader, { context }: Invocation): string {
  const value = context.env[name]?.trim();
  if (value) return value;
  const what = value === '' ? 'empty' : 'not set';
  throw new UsageError(`${options.source('assertion-from')} names ${name}, which is ${what}.`);
}

/** The audience is what servers expect of an assertion, their issuer, unless another is named. */
async function fromGithub(audience: string, options: OptionReader, invocation: Invocation): Promise<string> {
  const { context } = invocation;
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken } = context.env;
  if (!url || !requestToken || !URL.canParse(url)) {
    throw new UsageError('--assertion-from github works in a GitHub Actions job that may ask for a token.', {
      hint: 'Give the job "permissions: id-token: write". ACTIONS_ID_TOKEN_REQUEST_URL and …_TOKEN are then set.',
    });
  }
  const wanted = audience || (options.text('issuer') ?? options.text('token-endpoint'));
  if (wanted === undefined) {
    throw new UsageError('Whom the token of the job is for is not known.', {
      hint: 'Use --assertion-from github:AUDIENCE, or give --issuer URL.',
    });
  }
  const { clientCertificate: _certificate, ...connection } = await settleConnection(options, context);
  const http = await context.connect(connection);
  try {
    const narrate = narrateRenewal(settleOutput(options), invocation, { loud: false });
    const emit = await recordTrace(settleOutput(options), invocation, 'token', narrate);
    const conversation = startConversation({ http, signal: context.signal, emit });
    return await fetchGithubToken(conversation, { url, requestToken }, wanted);
  } finally {
    await http.close();
  }
}
