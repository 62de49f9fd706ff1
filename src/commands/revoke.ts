import type { Command } from 'commander';
import { addOptionGroups } from '../settings/option-reader.ts';
import { accessTokenOptions, hintOptions, outputOptions, sessionOptionGroups } from '../settings/options.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { Invocation } from './command.ts';

const groups = [
  ['Token:', [...accessTokenOptions, ...hintOptions]],
  ...sessionOptionGroups,
  ['Output:', outputOptions],
] as const;

const examples = `
Examples:
  The saved session: its refresh token, else its access token; the session is then removed:
  $ oauth-code revoke -p work

  A token that leaked:
  $ oauth-code revoke - --issuer https://login.example.com --client-id my-app < token.txt

A token given as an argument can be read by everybody on this machine; "-" reads stdin.`;

/** Gives `revoke` its argument, options and action. */
export function define(command: Command, invocation: Invocation): void {
  command
    .description('Tell the authorization server that a token is not to be used any more (RFC 7009).')
    .argument('[token]', 'the token, or - for stdin; without it that of the saved session')
    .addHelpText('after', examples);
  const specs = addOptionGroups(command, groups);
  command.action(async (token?: string) => {
    const [{ settleManagedToken }, { runRevoke }] = await Promise.all([
      import('../settings/settle-request.ts'),
      import('./use/manage-token.ts'),
    ]);
    const settings = await readSettings(command, specs, invocation, (options) =>
      settleManagedToken(token, options, invocation),
    );
    await runRevoke(settings, invocation);
  });
}
