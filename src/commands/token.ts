import { tokenOptionGroups } from '../settings/session-options.ts';
import { defineCommand } from './command.ts';

const examples = `
Examples:
  Call an API; the token is refreshed when needed:
  $ curl -H "Authorization: Bearer $(oauth-code token -p work)" https://api.example.com/

  The same, with the token neither in the process list nor in the environment:
  $ oauth-code token -p work -o curl-config | curl -K - https://api.example.com/

  A job without a person:
  $ oauth-code token --issuer https://login.example.com --client-id my-job \\
      --client-secret-env JOB_SECRET --grant-type client_credentials

  A token of another server exchanged for one of this (RFC 8693):
  $ oauth-code token --issuer https://login.example.com --client-id my-gateway \\
      --client-secret-env GATEWAY_SECRET --audience backend --subject-token-env TOKEN \\
      --grant-type urn:ietf:params:oauth:grant-type:token-exchange

  A token that is bound to a key (DPoP), with a proof for this one request:
  $ oauth-code token -p work -o curl-config --for 'GET https://api.example.com/' \\
      | curl -K - https://api.example.com/

  As a credential helper of git:
  $ oauth-code profile edit work --set git_hosts=git.example.com
  $ git config credential.https://git.example.com.helper \\
      '!oauth-code token -p work -o git-credential'

This command never asks questions: when a login is needed, the exit status is 4.`;

/** Gives `token` its options and action. */
export const define = defineCommand({
  description:
    'Print an access token that is valid now: the saved one, else a refreshed one, else one that needs no person.',
  usage: '[-p NAME | --issuer URL --client-id ID] [options]',
  words: { '[action]': 'with -o git-credential: get, store or erase, as git says it' },
  groups: tokenOptionGroups,
  notes: examples,
  async action({ settle }, [action]) {
    const { settlePrintToken } = await import('../settings/settle-session.ts');
    const { runToken } = await import('./session/run-token.ts');
    const [settings, invocation] = await settle(settlePrintToken);
    await runToken(settings, action, invocation);
  },
});
