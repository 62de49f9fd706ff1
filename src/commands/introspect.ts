import type { Command } from 'commander';
import { addOptionGroups } from '../settings/option-reader.ts';
import {
  accessTokenOptions,
  expectOptions,
  hintOptions,
  outputOptions,
  sessionOptionGroups,
} from '../settings/options.ts';
import { readSettings } from '../settings/read-settings.ts';
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
  const specs = addOptionGroups(command, groups);
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
