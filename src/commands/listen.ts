import type { OptionSpec } from '../settings/option-reader.ts';
import {
  checkedOutputOptions,
  checkOptions,
  clientOptions,
  connectionOptions,
  serverOptions,
  settingsOptions,
} from '../settings/options.ts';
import { defineCommand } from './command.ts';

const listenOptions: readonly OptionSpec[] = [
  { flags: '--once', usual: true, description: 'end after the first message' },
  {
    flags: '--count <number>',
    usual: true,
    description: 'end after that many; exit 7 if one was invalid',
  },
  {
    flags: '--port <ports>',
    usual: true,
    description: 'ports to try in order; default 8390; 0 = any',
    perRun: true,
  },
  { flags: '--path <path>', description: 'path of the address; default: /KIND' },
  {
    flags: '--listen <address:port>',
    description: 'bind here, such as 0.0.0.0:8390 in a container; any Host is then answered',
    perRun: true,
  },
];

const judging = [...serverOptions, ...clientOptions].filter(({ flags }) =>
  /^--(?:issuer|metadata-url|jwks-uri|client-id|client-secret|decryption-key|key-passphrase)/.test(flags),
);

const examples = `
Examples:
  $ oauth-code listen backchannel-logout --issuer https://login.example.com --client-id ID
  $ oauth-code listen frontchannel-logout -p work --once --json

Register the address that is printed as backchannel_logout_uri or frontchannel_logout_uri
of the client. Ctrl-C ends the run.`;

/** Gives `listen` its argument, options and action. */
export const define = defineCommand({
  description: 'Receive the logout messages of a server, check each and answer it.',
  usage: 'KIND [-p NAME | --issuer URL --client-id ID] [options]',
  words: { '<kind>': 'backchannel-logout (logout tokens) or frontchannel-logout (requests in a frame)' },
  groups: [
    ['Listener:', listenOptions],
    ['Settings:', settingsOptions],
    ['Server and client:', judging],
    ['Checks:', checkOptions],
    ['Connection:', connectionOptions],
    ['Output:', checkedOutputOptions],
  ],
  notes: examples,
  async action({ settle, invocation }, [kind = '']) {
    const { settleListen } = await import('../settings/settle-tools.ts');
    const { runListen } = await import('./listen/run-listen.ts');
    await runListen(await settle((options) => settleListen(kind, options, invocation)), invocation);
  },
});
