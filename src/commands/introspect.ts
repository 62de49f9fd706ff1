import { checkedOutputOptions, expectOptions } from '../settings/options.ts';
import { accessTokenOptions, hintOptions, sessionOptionGroups } from '../settings/session-options.ts';
import { defineCommand } from './command.ts';

const examples = `
Examples:
  The access token of the saved session:
  $ oauth-code introspect -p work

  Any token, as an API would ask about it:
  $ pbpaste | oauth-code introspect - --issuer https://login.example.com \\
      --client-id my-api --client-secret-env API_SECRET --expect active=true

A token given as an argument can be read by every user of this machine; "-" reads stdin.`;

/** Gives `introspect` its argument, options and action. */
export const define = defineCommand({
  description: 'Ask the authorization server what a token is and whether it is active (RFC 7662).',
  words: { '[token]': 'the token, or - for stdin; without it that of the saved session' },
  groups: [
    ['Token:', { ...accessTokenOptions, ...hintOptions }],
    ['Expectations:', expectOptions],
    ...sessionOptionGroups,
    ['Output:', checkedOutputOptions],
  ],
  notes: examples,
  async action({ settle }, [token]) {
    const { settleManagedToken } = await import('../settings/settle-request.ts');
    const { runIntrospect } = await import('./use/manage-token.ts');
    await runIntrospect(...(await settle((options, run) => settleManagedToken(token, options, run))));
  },
});
