import { checkedOutputOptions } from '../settings/options.ts';
import { accessTokenOptions, hintOptions, sessionOptionGroups } from '../settings/session-options.ts';
import { defineCommand } from './command.ts';

const examples = `
Examples:
  The saved session: its refresh token, else its access token; the session is then removed:
  $ oauth-code revoke -p work

  A token that leaked:
  $ oauth-code revoke - --issuer https://login.example.com --client-id my-app < token.txt

A token given as an argument can be read by every user of this machine; "-" reads stdin.`;

/** Gives `revoke` its argument, options and action. */
export const define = defineCommand({
  description: 'Revoke a token at the authorization server (RFC 7009).',
  words: { '[token]': 'the token, or - for stdin; without it that of the saved session' },
  groups: [
    ['Token:', { ...accessTokenOptions, ...hintOptions }],
    ...sessionOptionGroups,
    ['Output:', checkedOutputOptions],
  ],
  notes: examples,
  async action({ settle }, [token]) {
    const { settleManagedToken } = await import('../settings/settle-request.ts');
    const { runRevoke } = await import('./use/manage-token.ts');
    await runRevoke(...(await settle((options, run) => settleManagedToken(token, options, run))));
  },
});
