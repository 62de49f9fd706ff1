import { NamedError, UsageError } from '../../errors.ts';
import { startConversation } from '../../flows/conversation.ts';
import { discoverServer, discoveryUrls } from '../../flows/discover-metadata.ts';
import { textMember } from '../../json/json-members.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import { settleConnection } from '../../settings/settle-connection.ts';
import { type Imported, shellWords } from '../../storage/import/other-command-line.ts';
import { readKubelogin } from '../../storage/import/read-kubelogin.ts';
import { readOauth2c } from '../../storage/import/read-oauth2c.ts';
import type { Invocation } from '../command.ts';
import { narrateDiscovery } from '../discover/narrate-discovery.ts';
import { recordTrace } from '../trace/record-trace.ts';

const hint =
  'Give an oauth2c command in quotes or behind --, a kubeconfig file, or the URL of a .well-known document. ' +
  'See: oauth-code profile import --help';

/** Reads what is to be imported, whatever kind it is. @throws UsageError, ConfigError, what discovery throws */
export async function readImportSource(
  options: OptionReader,
  invocation: Invocation,
  source: readonly string[],
): Promise<Imported> {
  const [first, ...more] = source;
  if (first === undefined) throw new UsageError('Nothing was given to be imported.', { hint });
  if (more.length === 0 && /^https?:\/\//i.test(first)) return readPublished(options, invocation, first);
  const words = more.length === 0 ? shellWords(first) : source;
  const command = words === undefined ? undefined : readCommand(words);
  if (command !== undefined) return command;
  // What looks like a command is not quoted: it may hold a secret.
  const isCommand = /\s-/.test(first) && !(await invocation.context.files.exists(first));
  if (more.length > 0 || isCommand) {
    const [program = ''] = first.split(/\s/);
    throw new UsageError(`This is no command that can be imported: ${program} …`, { hint });
  }
  try {
    const text =
      first === '-'
        ? await invocation.context.terminal.readStdin()
        : await invocation.context.readFile(first);
    const pasted = /^\s*\S*(?:oauth2c|kubelogin|kubectl)\s/.test(text) ? shellWords(text.trim()) : undefined;
    const pastedCommand = pasted && readCommand(pasted);
    if (pastedCommand !== undefined) return pastedCommand;
    const { readKubeconfig } = await import('../../storage/import/read-kubeconfig.ts');
    return readKubeconfig(text, first === '-' ? 'stdin' : first, options.text('user'));
  } catch (error) {
    if (!(error instanceof NamedError) || error.hint !== undefined) throw error;
    throw new UsageError(error.message, { hint, cause: error });
  }
}

function readCommand(words: readonly string[]): Imported | undefined {
  const own = words[0] === '$' ? words.slice(1) : words;
  return readOauth2c(own) ?? readKubelogin(own[0] ?? '', own.slice(1));
}

/** The issuer is saved when it leads to the document again, else the address of the document. */
async function readPublished(options: OptionReader, invocation: Invocation, url: string): Promise<Imported> {
  const { context } = invocation;
  if (!url.includes('/.well-known/')) {
    throw new UsageError(`This is no .well-known document: ${url}`, {
      hint: `To save an issuer: oauth-code profile save NAME --issuer ${url} --client-id ID`,
    });
  }
  const http = await context.connect(await settleConnection(options, context));
  try {
    const emit = await recordTrace(
      settleOutput(options),
      invocation,
      'profile import',
      narrateDiscovery(settleOutput(options), invocation),
    );
    const conversation = startConversation({ http, signal: context.signal, emit });
    const { metadata } = await discoverServer(conversation, { metadataUrl: url, given: {} }, 'first');
    const published = textMember(metadata, 'issuer');
    const leadsBack =
      published !== undefined &&
      URL.canParse(published) &&
      discoveryUrls(published).some((place) => place.url === url);
    return {
      from: url,
      settings: new Map([leadsBack ? ['issuer', [published]] : ['metadata-url', [url]]]),
      leftOut: [],
      suggestedName: published ?? url,
    };
  } finally {
    await http.close();
  }
}
