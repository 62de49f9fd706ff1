import { checkedOutputOptions, dpopOptions, expectOptions } from '../settings/options.ts';
import { accessTokenOptions, sessionOptionGroups } from '../settings/session-options.ts';
import { defineCommand } from './command.ts';

const examples = `
Examples:
  $ oauth-code userinfo -p work
  $ oauth-code userinfo -p work --expect 'email_verified=true' --json
  $ oauth-code userinfo --issuer https://login.example.com --access-token-env TOKEN`;

/** Gives `userinfo` its options and action. */
export const define = defineCommand({
  description: 'Show the claims of the signed-in user from the UserInfo endpoint, and check the answer.',
  usage: '[-p NAME | --issuer URL --client-id ID] [options]',
  groups: [
    ['Token:', [...accessTokenOptions, ...dpopOptions.slice(1)]],
    ['Expectations:', expectOptions],
    ...sessionOptionGroups,
    ['Output:', checkedOutputOptions],
  ],
  notes: examples,
  async action({ settle, invocation }) {
    const { settleUserinfo } = await import('../settings/settle-request.ts');
    const { runUserinfo } = await import('./use/run-userinfo.ts');
    await runUserinfo(await settle(settleUserinfo), invocation);
  },
});
