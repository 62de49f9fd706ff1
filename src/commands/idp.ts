import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { IdpOptions, RunningIdp } from '../idp/start-idp.ts';
import { addOptionGroups } from '../settings/option-reader.ts';
import { plainOutputOptions } from '../settings/options.ts';
import { readOwnSettings } from '../settings/read-settings.ts';
import { type IdpSettings, idpOptions, settleIdp } from '../settings/settle-tools.ts';
import type { Invocation } from './command.ts';

const groups = [
  ['Server:', idpOptions],
  ['Output:', plainOutputOptions],
] as const;

const examples = `
Examples:
  $ oauth-code idp
  $ oauth-code idp --idp-port 0 --json

The options file is one JSON object. "clients" and "users" add to or change those that
are there; any member of oidc-provider's configuration changes the server:
  { "users": [{ "sub": "carol", "email": "carol@example.com" }], "ttl": { "AccessToken": 20 } }`;

/** Gives `idp` its options and action. */
export function define(command: Command, invocation: Invocation): void {
  command
    .description('Run an authorization server on loopback, to try things against. Ends with Ctrl-C.')
    .addHelpText('after', examples);
  const specs = addOptionGroups(command, groups);
  command.action(async () => idp(await readOwnSettings(command, specs, invocation, settleIdp), invocation));
}

async function idp(settings: IdpSettings, invocation: Invocation): Promise<void> {
  const { output } = settings;
  const { context } = invocation;
  const { startIdp } = await import('../idp/start-idp.ts');
  const { inertText } = await import('../output/terminal-text.ts');
  const { stdout, stderr } = context.terminal;
  const server = await startIdp({
    ...(await readIdpOptions(settings)),
    onRequest({ method, path, status, durationMs, reason }) {
      if (output.quiet) return;
      const why = reason === undefined ? '' : `  ${inertText(reason)}`;
      stderr.write(`${method.padEnd(5)} ${inertText(path)}  ${status}  ${Math.round(durationMs)} ms${why}\n`);
    },
  });
  invocation.journal.told = true;
  try {
    stdout.write(output.json ? `${JSON.stringify(describe(server))}\n` : introduce(server));
    await untilAborted(context.signal);
  } finally {
    await server.close();
  }
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

function describe({ issuer, clients, users }: RunningIdp) {
  return { version: 1, issuer, clients, users };
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
          '  A secret is taken in the header and in the body alike, unless',
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
    'Ctrl-C ends the server. Everything is in memory; the secrets protect nothing.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}
