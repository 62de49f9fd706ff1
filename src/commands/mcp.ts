import { UsageError } from '../errors.ts';
import { type OptionTable, usual } from '../settings/option-reader.ts';
import { loginOptionGroups, saveOptions, storeOptions } from '../settings/options.ts';
import { settleMcp } from '../settings/settle-tools.ts';
import { defineCommand } from './command.ts';

const callOptions: OptionTable = {
  '--call <tool>': { description: 'call this tool; default: list the tools', perRun: true },
  '--args <json>': { description: 'its arguments, a JSON object', perRun: true },
  '--max-step-up <number>': {
    description: 'log in again so often where the server wants more; default 2',
    perRun: true,
  },
  '--no-login': usual({
    description: 'stop before a user is needed: look at what the server and its authorization server say',
    perRun: true,
  }),
};

const examples = `
Examples:
  $ oauth-code mcp https://mcp.example.com/mcp
  $ oauth-code mcp https://mcp.example.com/mcp --client-id my-app --json
  $ oauth-code mcp https://mcp.example.com/mcp --call search --args '{"query":"x"}'
  $ oauth-code mcp https://mcp.example.com/mcp --no-login

Exit status: 0 when the call was answered, or the server needs no token; 7 when a step is broken;
2, 4, 5 or 130 when no verdict is possible: the user did not sign in, or the command line is wrong.`;

/** The URL is the argument: its option is there for profiles and variables. */
const resourceUrl = { description: 'URL of the server', hidden: true };
const groups = loginOptionGroups.map(([title, table]): (typeof loginOptionGroups)[number] => [
  title,
  '--resource-url <url>' in table ? { ...table, '--resource-url <url>': resourceUrl } : table,
]);

/** Gives `mcp` its argument, options and action. */
export const define = defineCommand({
  description:
    'Follow the authorization of an MCP server (or an API) from its URL to an answered call, and tell which step is broken and whose fault it is.',
  usage: '[URL] [options]',
  words: { '[url]': 'the URL of the MCP server; default: resource_url of the profile' },
  groups: [['Call:', callOptions], ...groups, ['Saving:', { ...saveOptions, ...storeOptions }]],
  notes: examples,
  async action({ settle, command }, [url]) {
    if (url !== undefined && command.opts().resourceUrl !== undefined)
      throw new UsageError('The URL was given twice, as an argument and with --resource-url.');
    if (url !== undefined) command.setOptionValue('resourceUrl', url);
    const { runMcp } = await import('./mcp/run-mcp.ts');
    await runMcp(...(await settle((options, run) => settleMcp(options, run, url))));
  },
});
