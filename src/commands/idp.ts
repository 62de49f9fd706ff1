import type { Context } from '../context.ts';
import type { IdpOptions, RunningIdp } from '../idp/start-idp.ts';
import { inertText } from '../output/terminal-text.ts';
import { plainOutputOptions } from '../settings/options.ts';
import {
  type IdpRunSettings,
  type IdpSettings,
  idpOwnOptions,
  settleIdpRun,
} from '../settings/settle-tools.ts';
import { defineCommand, type Invocation } from './command.ts';

const examples = `
Examples:
  $ oauth-code idp
  $ oauth-code idp --port 0 --json

The options file is one JSON object. "clients" and "users" add to or change those that
are there; any member of oidc-provider's configuration changes the server:
  { "users": [{ "sub": "carol", "email": "carol@example.com" }], "ttl": { "AccessToken": 20 } }

All response types are on but "token" alone, which oidc-provider does not have.`;

/** Gives `idp` its options and action. */
export const define = defineCommand({
  description: 'Run an authorization server on loopback, to try things against. Ends with Ctrl-C.',
  groups: [
    ['Server:', idpOwnOptions],
    ['Output:', plainOutputOptions],
  ],
  notes: examples,
  async action({ settleAlone }) {
    await idp(...(await settleAlone(settleIdpRun)));
  },
});

async function idp(settings: IdpRunSettings, invocation: Invocation): Promise<void> {
  const { misbehave } = settings;
  const { context, output } = invocation;
  const { stdout } = context.terminal;
  if (settings.listsMisbehaviours) {
    const { describeMisbehaviour, misbehaviours } = await import('../idp/misbehaviours.ts');
    const rows = misbehaviours.map(describeMisbehaviour);
    const lines = rows.map(({ id, wrong, correct_client, section }) =>
      [id, `  ${wrong} (${section})`, `  A correct client ${correct_client}.`, ''].join('\n'),
    );
    stdout.write(
      output.json ? `${JSON.stringify({ version: 1, misbehaviours: rows })}\n` : `${lines.join('\n')}`,
    );
    return;
  }
  const told = tellRequests(invocation);
  const { server, document, text } =
    misbehave === undefined ? await startSound(settings, told) : await startWrong(misbehave, settings, told);
  invocation.journal.told = true;
  try {
    stdout.write(output.json ? `${JSON.stringify(document)}\n` : text);
    await untilAborted(context.signal);
  } finally {
    await server.close();
  }
}

/** Shows each request on stderr. */
function tellRequests({ context, output }: Invocation): Pick<IdpOptions, 'onRequest'> {
  return output.quiet
    ? {}
    : {
        onRequest({ method, path, status, durationMs, reason }) {
          const why = reason === undefined ? '' : `  ${inertText(reason)}`;
          const result = `${status}  ${Math.round(durationMs)} ms${why}`;
          context.terminal.stderr.write(`${method.padEnd(5)} ${inertText(path)}  ${result}\n`);
        },
      };
}

async function startSound(settings: IdpSettings, told: Pick<IdpOptions, 'onRequest'>) {
  const { startIdp } = await import('../idp/start-idp.ts');
  const server = await startIdp({ ...(await readIdpOptions(settings)), ...told });
  const { issuer, clients, users } = server;
  return {
    server,
    document: { version: 1, issuer, mcp_url: `${issuer}/mcp`, clients, users },
    text: introduce(server),
  };
}

async function startWrong(id: string, { port }: IdpSettings, told: Pick<IdpOptions, 'onRequest'>) {
  const { describeMisbehaviour, startMisbehaving } = await import('../idp/misbehaviours.ts');
  const { server, misbehaviour } = await startMisbehaving(id, {
    ...told,
    ...(port === undefined ? {} : { port }),
  });
  const { issuer } = server;
  const described = describeMisbehaviour(misbehaviour);
  const command =
    described.expects === undefined ? `login --issuer ${issuer} --client-id client-1` : `mcp ${issuer}/mcp`;
  const text = [
    `Issuer   ${issuer}`,
    `Wrong    ${described.wrong} (${described.section})`,
    `Right    A correct client ${described.correct_client}.`,
    'Client   client-1, a public one, with a redirect URI http://127.0.0.1:PORT/callback',
    '',
    'Log in from another terminal; no user is asked:',
    '',
    `  ${['oauth-code', command, ...described.options].join(' ')}`,
    '',
    'Ctrl-C ends the server.',
    '',
    '',
  ].join('\n');
  return { server, document: { version: 1, issuer, client_id: 'client-1', misbehaviour: described }, text };
}

/** The options of the embedded server, with those of its file. @throws ConfigError */
export async function readIdpOptions({ port, file }: IdpSettings): Promise<IdpOptions> {
  const own = port === undefined ? {} : { port };
  if (file === undefined) return own;
  const { readIdpConfig } = await import('../idp/idp-config.ts');
  return { ...own, config: readIdpConfig(file.text, file.name) };
}

function untilAborted(signal: Context['signal']): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function introduce({ issuer, clients, users }: RunningIdp): string {
  const rows = clients.map(({ client_id, client_secret, token_endpoint_auth_method }) => {
    const columns = [client_id.padEnd(24), token_endpoint_auth_method.padEnd(21)];
    return `  ${[...columns, client_secret === undefined ? '' : `secret ${client_secret}`].join('').trimEnd()}`;
  });
  const confidential = clients.find(({ client_secret }) => client_secret !== undefined);
  const lines = [
    `Issuer   ${issuer}`,
    `Users    ${users.join(', ')} (any password)`,
    'Clients',
    ...rows,
    ...(confidential === undefined
      ? []
      : [
          '  The secret is accepted in the header and in the body, unless',
          '  "clientAuthMethods" of an options file leaves client_secret_post out.',
        ]),
    '  Redirect URI: http://127.0.0.1:8378/callback, or any other port on loopback',
    '',
    'Log in from another terminal, as a public client:',
    '',
    `  oauth-code login --issuer ${issuer} \\`,
    '    --client-id demo-public --scope "openid profile email"',
    '',
    ...(confidential === undefined
      ? []
      : [
          'As a confidential client:',
          '',
          `  OAUTH_CODE_CLIENT_SECRET=${confidential.client_secret} \\`,
          `  oauth-code login --issuer ${issuer} \\`,
          `    --client-id ${confidential.client_id} --scope "openid profile offline_access"`,
          '',
        ]),
    'Follow the authorization of its MCP server:',
    '',
    `  oauth-code mcp ${issuer}/mcp`,
    '',
    'Ctrl-C ends the server. Everything is in memory; the secrets protect nothing.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}
