import type { CommandModule } from './command.ts';

/** A command before it is loaded. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** The heading above it in the help. */
  readonly group: string;
  readonly load: () => Promise<CommandModule>;
}

type Row = readonly [summary: string, load: CommandEntry['load']];

/** The summary of each command, and its module, which is loaded when the command is run; under the headings of the help. */
const table: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  'Log in and use tokens:': {
    login: [
      'Run the authorization code flow with your browser and check every step',
      () => import('./login.ts'),
    ],
    mcp: [
      'Follow an MCP server from its URL to an answered call: what is broken, and whose fault',
      () => import('./mcp.ts'),
    ],
    token: ['Print an access token that is valid now, without asking questions', () => import('./token.ts')],
    exec: ['Run a program with such a token in its environment', () => import('./exec.ts')],
    request: ['Call an API with such a token, and explain why it refuses', () => import('./request.ts')],
    userinfo: ['Show the claims of the signed-in user, and check the answer', () => import('./userinfo.ts')],
    introspect: ['Ask the server what a token is and whether it is active', () => import('./introspect.ts')],
    revoke: ['Revoke a token at the server', () => import('./revoke.ts')],
    refresh: ['Get new tokens for a saved session and check every step', () => import('./refresh.ts')],
    logout: ['Forget a saved session, revoke its tokens, end it at the server', () => import('./logout.ts')],
    session: ['Manage saved sessions: list, show, remove', () => import('./session.ts')],
    listen: ['Receive the logout messages of a server, and check them', () => import('./listen.ts')],
  },
  'Find out what is wrong:': {
    decode: [
      'Show what is in a token, offline; verify, decrypt and check it when asked to',
      () => import('./decode.ts'),
    ],
    discover: [
      'Fetch the metadata and keys of an authorization server and check them',
      () => import('./discover.ts'),
    ],
    debug: [
      'Explain saved responses, URLs and recordings: what is wrong, and why',
      () => import('./debug.ts'),
    ],
    report: [
      'Turn a recorded run into HTML, HAR, Mermaid, Markdown or curl commands',
      () => import('./report.ts'),
    ],
    diff: ['Compare two recorded runs: what differs, and which of it matters', () => import('./diff.ts')],
    doctor: [
      'Check what a login needs of this machine and its network, and how to fix it',
      () => import('./doctor.ts'),
    ],
  },
  'Set up:': {
    init: ['Ask for what a login needs, try it, and save it as a profile', () => import('./init.ts')],
    register: ['Register a client at the server; read, change or delete it', () => import('./register.ts')],
    'client-document': [
      'Make or check the metadata document of a client, for servers that fetch it',
      () => import('./client-document.ts'),
    ],
    profile: [
      'Save settings under a name: list, show, save, edit, remove, import',
      () => import('./profile.ts'),
    ],
    completion: [
      'Print a completion script for bash, zsh, fish or PowerShell',
      () => import('./completion.ts'),
    ],
  },
  'Try things:': {
    demo: [
      'Run a login against the embedded authorization server; nothing to configure',
      () => import('./demo.ts'),
    ],
    idp: ['Run the embedded authorization server, to try things against', () => import('./idp.ts')],
  },
};

/** Every command in the order of the help. */
export const commands: readonly CommandEntry[] = Object.entries(table).flatMap(([group, rows]) =>
  Object.entries(rows).map(([name, [summary, load]]) => ({ name, summary, group, load })),
);
