import { judgeClientDocument } from '../checks/client-document.ts';
import { getRequest, isHttpUrl } from '../http-message.ts';
import { worstOutcome } from '../output/render-checks.ts';
import { renderAnswer } from '../output/render-endpoints.ts';
import { renderJson } from '../output/render-json.ts';
import { type OptionTable, repeatable, type Settled, usual } from '../settings/option-reader.ts';
import { checkedOutputOptions, connectionOptions, findingOptions } from '../settings/options.ts';
import { settleClientDocument, settleDocumentCheck } from '../settings/settle-registration.ts';
import { defineGroup, type Invocation } from './command.ts';
import { withConversation } from './conversation.ts';
import { printResult } from './print-result.ts';
import { requireNothingFound } from './require-nothing-found.ts';

const createOptions: OptionTable = {
  '--url <url>': { description: 'the same as URL', hidden: true },
  '--client-name <name>': usual('name that users are shown; default oauth-code'),
  '--redirect-uri <uri>': repeatable({
    description: 'redirect URI; repeatable; default: /callback on loopback, with port 8378 and without',
    perRun: true,
  }),
  '--jwks-uri <url>': { description: 'public keys of a client that signs (private_key_jwt)', perRun: true },
};

const examples = `
Examples:
  $ oauth-code client-document create https://me.example.com/client.json > client.json
  $ oauth-code client-document check client.json
  $ oauth-code client-document check https://me.example.com/client.json
  $ oauth-code login --resource-url https://mcp.example.com/mcp \\
      --client-metadata-url https://me.example.com/client.json`;

/** Gives `client-document` its subcommands. */
export const define = defineGroup(
  'Make or check the document that describes a client at the URL that is its identifier.',
  examples,
  {
    create: {
      description: 'Print such a document, to be hosted at its URL.',
      usage: 'URL [options]',
      words: { '[url]': 'where the document will be; it is the client_id' },
      groups: [['Client:', createOptions]],
      async action({ settleAlone }, [url]) {
        const [document, { context }] = await settleAlone((options) => settleClientDocument(options, url));
        context.terminal.stdout.write(renderJson(document, { pretty: true }));
      },
    },
    check: {
      description: 'Judge such a document as a server would.',
      usage: 'URL|FILE [options]',
      words: { '<document>': 'its URL, or a file with it; - is stdin' },
      groups: [
        ['Client:', { '--url <url>': 'where the file will be' }],
        ['Findings:', findingOptions],
        ['Connection:', connectionOptions],
        ['Output:', checkedOutputOptions],
      ],
      async action({ settleAlone }, [source = '']) {
        const [settings, invocation] = await settleAlone(settleDocumentCheck);
        await check(settings, source, invocation);
      },
    },
  },
);

async function check(
  { url, failOn, connection }: Settled<typeof settleDocumentCheck>,
  source: string,
  invocation: Invocation,
): Promise<void> {
  const { context } = invocation;
  const checks = isHttpUrl(source)
    ? await withConversation({ connection }, invocation, async (conversation) => {
        const request = getRequest(source, 'application/json');
        const { response } = await conversation.send('discovery', request);
        return judgeClientDocument(response.body, source, response);
      })
    : judgeClientDocument(
        source === '-' ? await context.terminal.readStdin() : await context.readFile(source),
        url,
        undefined,
      );
  const document = { version: 1 as const, document: source, checks };
  const worst = worstOutcome(checks);
  const title = `${worst === 'fail' ? 'No server takes' : 'Servers can take'} the client of ${source}`;
  const render: Parameters<typeof printResult<typeof document>>[1] = (shown, view) =>
    renderAnswer(worst, title, shown.checks, view, () => []);
  printResult(document, render, invocation);
  requireNothingFound(failOn, checks);
}
