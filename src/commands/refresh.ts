import { checkedOutputOptions } from '../settings/options.ts';
import { sessionOptionGroups } from '../settings/session-options.ts';
import { defineCommand } from './command.ts';

const examples = `
Examples:
  $ oauth-code refresh -p work
  $ oauth-code refresh -p work --json

The new tokens are kept, and shown as login shows them. A server may refuse the old
refresh token from then on, which is why it is replaced before anything is printed.`;

/** Gives `refresh` its options and action. */
export const define = defineCommand({
  description: 'Get new tokens for a saved session with its refresh token, and check every step.',
  usage: '[-p NAME | --issuer URL --client-id ID] [options]',
  groups: [...sessionOptionGroups, ['Output:', checkedOutputOptions]],
  notes: examples,
  async action({ settle, invocation }) {
    const { settleRefresh } = await import('../settings/settle-session.ts');
    const { runRefresh } = await import('./session/run-refresh.ts');
    await runRefresh(await settle(settleRefresh), invocation);
  },
});
