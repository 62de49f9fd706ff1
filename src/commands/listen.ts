import { type OptionTable, pickOptions, usual } from '../settings/option-reader.ts';
import {
  checkedOutputOptions,
  checkOptions,
  clientOptions,
  connectionOptions,
  serverOptions,
  settingsOptions,
} from '../settings/options.ts';
import { defineCommand } from './command.ts';

const listenOptions: OptionTable = {
  '--once': usual('end after the first message'),
  '--count <number>': usual('end after that many; exit 7 if one was invalid'),
  '--port <ports>': usual({ description: 'ports to try in order; default 8390; 0 = any', perRun: true }),
  '--path <path>': 'path of the address; default: /KIND',
  '--listen <address:port>': {
    description: 'bind here, such as 0.0.0.0:8390 in a container; any Host is then answered',
    perRun: true,
  },
};

const judging = pickOptions(
  { ...serverOptions, ...clientOptions },
  /^--(?:issuer|metadata-url|jwks-uri|client-id|client-secret|decryption-key|key-passphrase)/,
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
  async action({ settle }, [kind = '']) {
    const { settleListen } = await import('../settings/settle-tools.ts');
    const { runListen } = await import('./listen/run-listen.ts');
    await runListen(...(await settle((options, run) => settleListen(kind, options, run))));
  },
});
