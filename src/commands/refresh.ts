import type { Command } from 'commander';
import { addOptionGroups } from '../settings/option-reader.ts';
import { outputOptions, sessionOptionGroups } from '../settings/options.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { Invocation } from './command.ts';

const groups = [...sessionOptionGroups, ['Output:', outputOptions]] as const;

const examples = `
Examples:
  $ oauth-code refresh -p work
  $ oauth-code refresh -p work --json

The new tokens are kept, and shown as login shows them. A server may refuse the old
refresh token from then on, which is why it is replaced before anything is printed.`;

/** Gives `refresh` its options and action. */
export function define(command: Command, invocation: Invocation): void {
  command
    .description('Get new tokens for a saved session with its refresh token, and check every step.')
    .usage('[-p NAME | --issuer URL --client-id ID] [options]')
    .addHelpText('after', examples);
  const specs = addOptionGroups(command, groups);
  command.action(async () => {
    const [{ settleRefresh }, { runRefresh }] = await Promise.all([
      import('../settings/settle-session.ts'),
      import('./session/run-refresh.ts'),
    ]);
    const settings = await readSettings(command, specs, invocation, settleRefresh);
    await runRefresh(settings, invocation);
  });
}
