import type { CommandModule } from './command.ts';

/** A command before it is loaded. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** Every command in the order of the help; its module is loaded when the command is run. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'login',
    summary: 'Run the authorization code flow with your browser and check every step',
    load: () => import('./login.ts'),
  },
  {
    name: 'token',
    summary: 'Print an access token that is valid now, without asking anybody',
    load: () => import('./token.ts'),
  },
  {
    name: 'exec',
    summary: 'Run a program with such a token in its environment',
    load: () => import('./exec.ts'),
  },
  {
    name: 'request',
    summary: 'Call an API with such a token, and explain why it refuses',
    load: () => import('./request.ts'),
  },
  {
    name: 'userinfo',
    summary: 'Ask who the saved session is of, and check the answer',
    load: () => import('./userinfo.ts'),
  },
  {
    name: 'introspect',
    summary: 'Ask the server what a token is and whether it is active',
    load: () => import('./introspect.ts'),
  },
  {
    name: 'revoke',
    summary: 'Tell the server that a token is not to be used any more',
    load: () => import('./revoke.ts'),
  },
  {
    name: 'refresh',
    summary: 'Get new tokens for a saved session and check every step',
    load: () => import('./refresh.ts'),
  },
  {
    name: 'logout',
    summary: 'Forget a saved session, revoke its tokens, end it at the server',
    load: () => import('./logout.ts'),
  },
  {
    name: 'session',
    summary: 'Look after saved sessions: list, show, remove',
    load: () => import('./session.ts'),
  },
  {
    name: 'decode',
    summary: 'Show what is in a token, offline; verify, decrypt and check it when asked to',
    load: () => import('./decode.ts'),
  },
  {
    name: 'discover',
    summary: 'Fetch the metadata and keys of an authorization server and check them',
    load: () => import('./discover.ts'),
  },
  {
    name: 'debug',
    summary: 'Explain saved responses, URLs and recordings: what is wrong, and why',
    load: () => import('./debug.ts'),
  },
  {
    name: 'doctor',
    summary: 'Check what a login needs of this machine and its network, and say the cure',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'init',
    summary: 'Ask for what a login needs, try it, and save it as a profile',
    load: () => import('./init.ts'),
  },
  {
    name: 'profile',
    summary: 'Save settings under a name: list, show, save, edit, remove, import',
    load: () => import('./profile.ts'),
  },
  {
    name: 'report',
    summary: 'Turn a recorded run into HTML, HAR, Mermaid, Markdown or curl commands',
    load: () => import('./report.ts'),
  },
  {
    name: 'diff',
    summary: 'Compare two recorded runs: what differs, and which of it matters',
    load: () => import('./diff.ts'),
  },
  {
    name: 'demo',
    summary: 'Run a login against the embedded authorization server; nothing to configure',
    load: () => import('./demo.ts'),
  },
  {
    name: 'idp',
    summary: 'Run the embedded authorization server, to try things against',
    load: () => import('./idp.ts'),
  },
  {
    name: 'completion',
    summary: 'Print a completion script for bash, zsh, fish or PowerShell',
    load: () => import('./completion.ts'),
  },
];
