import type { CommandModule } from './command.ts';

/** A command before it is loaded. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** The summary of each command, and its module, which is loaded when the command is run. */
const table: Readonly<Record<string, readonly [summary: string, load: CommandEntry['load']]>> = {
  login: [
    'Run the authorization code flow with your browser and check every step',
    () => import('./login.ts'),
  ],
  token: ['Print an access token that is valid now, without asking anybody', () => import('./token.ts')],
  exec: ['Run a program with such a token in its environment', () => import('./exec.ts')],
  request: ['Call an API with such a token, and explain why it refuses', () => import('./request.ts')],
  userinfo: ['Ask who the saved session is of, and check the answer', () => import('./userinfo.ts')],
  introspect: ['Ask the server what a token is and whether it is active', () => import('./introspect.ts')],
  revoke: ['Tell the server that a token is not to be used any more', () => import('./revoke.ts')],
  refresh: ['Get new tokens for a saved session and check every step', () => import('./refresh.ts')],
  logout: ['Forget a saved session, revoke its tokens, end it at the server', () => import('./logout.ts')],
  session: ['Look after saved sessions: list, show, remove', () => import('./session.ts')],
  decode: [
    'Show what is in a token, offline; verify, decrypt and check it when asked to',
    () => import('./decode.ts'),
  ],
  discover: [
    'Fetch the metadata and keys of an authorization server and check them',
    () => import('./discover.ts'),
  ],
  debug: ['Explain saved responses, URLs and recordings: what is wrong, and why', () => import('./debug.ts')],
  doctor: [
    'Check what a login needs of this machine and its network, and say the cure',
    () => import('./doctor.ts'),
  ],
  init: ['Ask for what a login needs, try it, and save it as a profile', () => import('./init.ts')],
  profile: [
    'Save settings under a name: list, show, save, edit, remove, import',
    () => import('./profile.ts'),
  ],
  report: [
    'Turn a recorded run into HTML, HAR, Mermaid, Markdown or curl commands',
    () => import('./report.ts'),
  ],
  diff: ['Compare two recorded runs: what differs, and which of it matters', () => import('./diff.ts')],
  demo: [
    'Run a login against the embedded authorization server; nothing to configure',
    () => import('./demo.ts'),
  ],
  idp: ['Run the embedded authorization server, to try things against', () => import('./idp.ts')],
  completion: [
    'Print a completion script for bash, zsh, fish or PowerShell',
    () => import('./completion.ts'),
  ],
};

/** Every command in the order of the help. */
export const commands: readonly CommandEntry[] = Object.entries(table).map(([name, [summary, load]]) => ({
  name,
  summary,
  load,
}));
