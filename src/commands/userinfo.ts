import type { Command } from 'commander';
import { addOptionGroups } from '../settings/option-reader.ts';
import {
  accessTokenOptions,
  expectOptions,
  outputOptions,
  sessionOptionGroups,
} from '../settings/options.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { Invocation } from './command.ts';

const groups = [
  ['Token:', accessTokenOptions],
  ['Expectations:', expectOptions],
  ...sessionOptionGroups,
  ['Output:', outputOptions],
] as const;

const examples = `
Examples:
  $ oauth-code userinfo -p work
  $ oauth-code userinfo -p work --expect 'email_verified=true' --json
  $ oauth-code userinfo --issuer https://login.example.com --access-token-env TOKEN`;

/** Gives `userinfo` its options and action. */
export function define(command: Command, invocation: Invocation): void {
  command
    .description('Ask the UserInfo endpoint who the saved session is of, and check what it says.')
    .usage('[-p NAME | --issuer URL --client-id ID] [options]')
    .addHelpText('after', examples);
  const specs = addOptionGroups(command, groups);
  command.action(async () => {
    const [{ settleUserinfo }, { runUserinfo }] = await Promise.all([
      import('../settings/settle-request.ts'),
      import('./use/run-userinfo.ts'),
    ]);
    const settings = await readSettings(command, specs, invocation, settleUserinfo);
    await runUserinfo(settings, invocation);
  });
}
