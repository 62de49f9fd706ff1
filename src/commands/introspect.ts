import type { Command } from 'commander';
import { addOptions } from '../settings/option-reader.ts';
import { readSettings } from '../settings/read-settings.ts';
import { accessTokenOptions, outputOptions } from '../settings/server-options.ts';
import { expectOptions, hintOptions } from '../settings/session-options.ts';
import { sessionOptionGroups } from '../settings/token-options.ts';
import type { Invocation } from './command.ts';

const groups = [
  ['Token:', [...accessTokenOptions, ...hintOptions]],
  ['Expectations:', expectOptions],
  ...sessionOptionGroups,
  ['Output:', outputOptions],
] as const;

const examples = `
Examples:
  The access token of the saved session:
  $ oauth-code introspect -p work

  Any token, as an API would ask about it:
  $ pbpaste | oauth-code introspect - --issuer https://login.example.com \\
      --client-id my-api --client-secret-env API_SECRET --expect active=true

A token given as an argument can be read by everybody on this machine; "-" reads stdin.`;

/** Gives `introspect` its argument, options and action. */
export function define(command: Command, invocation: Invocation): void {
  command
    .description('Ask the authorization server what a token is and whether it is active (RFC 7662).')
    .argument('[token]', 'the token, or - for stdin; without it that of the saved session')
    .addHelpText('after', examples);
  for (const [heading, specs] of groups) addOptions(command, heading, specs);
  const specs = groups.flatMap(([, list]) => list);
  command.action(async (token?: string) => {
    const [{ settleManagedToken }, { runIntrospect }] = await Promise.all([
      import('../settings/settle-request.ts'),
      import('./use/manage-token.ts'),
    ]);
    const settings = await readSettings(command, specs, invocation, (options) =>
      settleManagedToken(token, options, invocation),
    );
    await runIntrospect(settings, invocation);
  });
}
