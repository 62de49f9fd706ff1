import { UsageError } from '../errors.ts';
import { own, say } from '../say.ts';
import {
  checkedOutputOptions,
  connectionOptions,
  findingOptions,
  resourceOptions,
  serverOptions,
  settingsOptions,
} from '../settings/options.ts';
import { settleDiscover } from '../settings/settle-tools.ts';
import { defineCommand } from './command.ts';

const examples = `
Examples:
  $ oauth-code discover https://accounts.google.com
  $ oauth-code discover https://login.example.com --json | jq '.keys'
  $ oauth-code discover https://api.example.com/mcp`;

/** Gives `discover` its argument, options and action. */
export const define = defineCommand({
  description:
    'Fetch the metadata and keys of an authorization server, or those that an API or MCP server leads to, show them and check them.',
  words: { '[issuer]': 'the issuer, or the URL of an API or MCP server' },
  groups: [
    ['Settings:', settingsOptions],
    ['Authorization server:', serverOptions],
    ['Resource:', resourceOptions],
    ['Findings:', findingOptions],
    ['Connection:', connectionOptions],
    ['Output:', checkedOutputOptions],
  ],
  notes: examples,
  async action({ settle, command }, [issuer]) {
    if (issuer !== undefined && command.opts().issuer !== undefined) {
      throw new UsageError('The issuer was given twice, as an argument and with --issuer.');
    }
    if (issuer !== undefined && !/[.:/]|^localhost$/.test(issuer)) {
      const { providerNamed, providers, serverOptionsOf } = await import('../providers/find-provider.ts');
      const provider = providerNamed(issuer);
      throw new UsageError(say`"${issuer}" is a name, not the URL of a server.`, {
        hint: say`${own(
          provider === undefined
            ? ''
            : `${provider.name}: oauth-code discover ${serverOptionsOf(provider)}. `,
        )}Known names: ${own(providers.map(({ name }) => name).join(', '))}.`,
      });
    }
    if (issuer !== undefined) command.setOptionValue('issuer', issuer);
    const { runDiscover } = await import('./discover/run-discover.ts');
    // A URL that was typed alone may be that of an API.
    await runDiscover(...(await settle(settleDiscover)), { mayBeResource: issuer !== undefined });
  },
});
