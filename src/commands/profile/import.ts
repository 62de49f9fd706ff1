import { isRepeatable } from '../../client/grants.ts';
import { NamedError, UsageError } from '../../errors.ts';
import { discoverServer, discoveryUrls } from '../../flows/discover-metadata.ts';
import { isUrl } from '../../http-message.ts';
import { textMember } from '../../json/json.ts';
import type { ProfileImportDocument } from '../../output/documents.ts';
import { shellWords } from '../../recording/shell-words.ts';
import { own, recall, say } from '../../say.ts';
import type { ImportSettings } from '../../settings/settle-profile.ts';
import type { Imported } from '../../storage/import/other-command-line.ts';
import { readKubelogin } from '../../storage/import/read-kubelogin.ts';
import { readOauth2c } from '../../storage/import/read-oauth2c.ts';
import { requireProfileName } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { withConversation } from '../conversation.ts';
import { tellLine } from '../tell.ts';
import {
  mayReplace,
  printProfile,
  saveTarget,
  storeProfile,
  suggestProfileName,
  writtenProfile,
} from './write-profile.ts';

/** Makes a profile from what another tool was told, and says what of it could not be taken over. */
export async function importProfile(
  settings: ImportSettings,
  invocation: Invocation,
  source: readonly string[],
): Promise<void> {
  const { config, yes, makeDefault } = settings;
  const { context, output } = invocation;
  if (settings.name !== undefined) requireProfileName(settings.name);
  const imported = await readSource(settings, invocation, source);
  const { toSave, issuer, clientId, grantType } = await settings.adopt(imported);
  const name = settings.name ?? suggestProfileName(imported.suggestedName ?? issuer);
  const target = await saveTarget(config, context, name);
  if (!(await mayReplace(yes, invocation, target, toSave.settings))) return;
  await storeProfile(context, target, toSave, makeDefault);

  const leftOut = [...imported.leftOut, ...toSave.leftOut.map((what) => `${what}: a secret itself`)];
  const document: ProfileImportDocument = {
    ...writtenProfile(name, target.file, new Map(Object.entries(toSave.settings))),
    imported_from: imported.from,
    left_out: leftOut,
  };
  const { stderr } = context.terminal;
  if (output.json) printProfile(document, invocation);
  else if (!output.quiet) {
    tellLine(stderr, `Saved profile ${name} in ${target.file}, from ${imported.from}.`);
    if (leftOut.length > 0) tellLine(stderr, 'Not imported:');
    for (const what of leftOut) tellLine(stderr, `  ${what}`);
    const isAimed = toSave.settings.resource_url !== undefined;
    const needsClient = clientId === undefined && !isAimed && imported.command === undefined;
    const usual = isRepeatable(grantType) ? 'token' : 'login';
    const command = imported.command === undefined ? usual : isAimed ? 'mcp' : 'mcp URL';
    tellLine(stderr, `Try it: oauth-code ${command} -p ${name}${needsClient ? ' --client-id ID' : ''}`);
  }
}

const hint = own(
  'Give an oauth2c command in quotes or behind --, a kubeconfig file, the configuration of an MCP client, or the URL of a .well-known document. ' +
    'See: oauth-code profile import --help',
);

/** Reads a source of any kind. @throws UsageError, ConfigError, what discovery throws */
async function readSource(
  settings: ImportSettings,
  invocation: Invocation,
  source: readonly string[],
): Promise<Imported> {
  const [first, ...more] = source;
  if (first === undefined) throw new UsageError('No source was given to import.', { hint });
  if (more.length === 0 && /^https?:\/\//i.test(first)) return readPublished(settings, invocation, first);
  const words = more.length === 0 ? shellWords(first) : source;
  const command = words === undefined ? undefined : readCommand(words);
  if (command !== undefined) return command;
  // A command is not quoted in the message: it may hold a secret.
  const isCommand = /\s-/.test(first) && !(await invocation.context.files.exists(first));
  if (more.length > 0 || isCommand) {
    const [program = ''] = first.split(/\s/);
    throw new UsageError(say`This is not a command that can be imported: ${program} …`, { hint });
  }
  try {
    const text =
      first === '-'
        ? await invocation.context.terminal.readStdin()
        : await invocation.context.readFile(first);
    const pasted =
      /^\s*(?:\$ )?(?:(?:docker|podman|nerdctl|sudo|env|npx|\w+=\S*)\s[^\n]*)?\S*(?:oauth2c|kubelogin|kubectl)(?::[\w.-]+)?\s/.test(
        text,
      )
        ? shellWords(text.trim())
        : undefined;
    const pastedCommand = pasted && readCommand(pasted);
    if (pastedCommand !== undefined) return pastedCommand;
    const file = first === '-' ? 'stdin' : first;
    const { readMcpClient } = await import('../../storage/import/read-mcp-client.ts');
    const server = readMcpClient(text, file, settings.server);
    if (server !== undefined) return server;
    const { readKubeconfig } = await import('../../storage/import/read-kubeconfig.ts');
    return readKubeconfig(text, file, settings.user);
  } catch (error) {
    if (!(error instanceof NamedError) || error.hint !== undefined) throw error;
    throw new UsageError(recall(error.message), { hint, cause: error });
  }
}

function readCommand(words: readonly string[]): Imported | undefined {
  const start = words.findIndex((word) => word !== '$' && !/^\w+=/.test(word));
  const program = words.findIndex((word) => /(?:^|[\\/])oauth2c(?:\.exe|:[\w.-]+)?$/.test(word));
  // The image is the program; what stands before it is for docker or env.
  const isWrapped = /(?:^|[\\/])(?:docker|podman|nerdctl|sudo|env|npx)$/.test(words[start] ?? '');
  const command = words.slice(isWrapped && program !== -1 ? program : Math.max(start, 0));
  return readOauth2c(command) ?? readKubelogin(command[0] ?? '', command.slice(1));
}

/** The issuer is saved when it leads to the document again, else the address of the document. */
async function readPublished(
  { connection }: ImportSettings,
  invocation: Invocation,
  url: string,
): Promise<Imported> {
  if (!url.includes('/.well-known/')) {
    throw new UsageError(say`This is not a .well-known document: ${url}`, {
      hint: say`To save an issuer: oauth-code profile save NAME --issuer ${url} --client-id ID`,
    });
  }
  return withConversation({ connection }, invocation, async (conversation) => {
    const { metadata } = await discoverServer(conversation, { metadataUrl: url, given: {} }, 'first');
    const published = textMember(metadata, 'issuer');
    const leadsBack =
      published !== undefined &&
      isUrl(published) &&
      discoveryUrls(published).some((place) => place.url === url);
    return {
      from: url,
      settings: new Map([leadsBack ? ['issuer', [published]] : ['metadata-url', [url]]]),
      leftOut: [],
      suggestedName: published ?? url,
    };
  });
}
