import { type OptionTable, usual } from '../settings/option-reader.ts';
import { outputOptions } from '../settings/options.ts';
import { sessionOptionGroups } from '../settings/session-options.ts';
import { defineCommand } from './command.ts';

const logoutOptions: OptionTable = {
  '--revoke': usual('have the server revoke the tokens first (RFC 7009)'),
  '--end-session': usual('end the person’s session at the server too, in the browser'),
  '--all': usual('all sessions of this profile or client, those of other accounts too'),
  '-y, --yes': 'with --all: do it without asking',
  '--end-session-endpoint <url>': 'use it instead of the discovered one',
  '--post-logout-redirect-uri <uri>':
    'where the server sends the browser afterwards; on loopback that is awaited; port 0 = any',
};

const browserOptions: OptionTable = {
  '--browser <command>': 'open the URL with this command (%s = URL); default: BROWSER',
  '--no-browser': 'open nothing; print the URL on stdout',
  '--browser-timeout <seconds>': 'how long the browser is awaited; default 300',
};

const examples = `
Examples:
  Forget a session on this machine; the tokens stay valid at the server:
  $ oauth-code logout -p work

  Have them revoked, and end the session in the browser too:
  $ oauth-code logout -p work --revoke --end-session

  And wait until the browser comes back from there:
  $ oauth-code logout -p work --end-session --post-logout-redirect-uri http://127.0.0.1:8378/callback

A session that could not be revoked is kept, so that it can be tried again.`;

/** Gives `logout` its options and action. */
export const define = defineCommand({
  description: 'Forget a saved session; revoke its tokens and end the session at the server when asked to.',
  usage: '[-p NAME | --issuer URL --client-id ID] [options]',
  groups: [
    ['Logout:', logoutOptions],
    ['Browser:', browserOptions],
    ...sessionOptionGroups,
    ['Output:', outputOptions],
  ],
  notes: examples,
  async action({ settle }) {
    const { settleLogout } = await import('../settings/settle-session.ts');
    const { runLogout } = await import('./session/run-logout.ts');
    await runLogout(...(await settle(settleLogout)));
  },
});
