import type { KnownSession } from '../checks/logout-request.ts';
import type { Context, MessageServer } from '../context.ts';
import { FindingsError } from '../errors.ts';
import { type ReceivedLogout, receiveLogouts } from '../flows/receive-logout.ts';
import { decodeJwt } from '../jose/jwt.ts';
import type { LogoutDocument } from '../output/documents.ts';
import { renderLogout } from '../output/render-endpoints.ts';
import { renderJson } from '../output/render-json.ts';
import { say } from '../say.ts';
import { type OptionTable, pickOptions, usual } from '../settings/option-reader.ts';
import {
  checkedOutputOptions,
  checkOptions,
  clientOptions,
  connectionOptions,
  serverOptions,
  settingsOptions,
} from '../settings/options.ts';
import { type ListenSettings, settleListen } from '../settings/settle-tools.ts';
import { openSession, savedSessions } from '../storage/session-store.ts';
import { defineCommand, type Invocation } from './command.ts';
import { withConversation } from './conversation.ts';
import { printResult } from './print-result.ts';
import { tellLine } from './tell.ts';

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
    await runListen(...(await settle((options, run) => settleListen(kind, options, run))));
  },
});

/**
 * Receives logout messages and prints each with its checks, with `--json` on a line of its own.
 * @throws FindingsError when one of a counted number was invalid; CancelledError; what discovery throws
 */
async function runListen(settings: ListenSettings, invocation: Invocation): Promise<void> {
  const { access, expected, place } = settings;
  const { context } = invocation;
  const listener = await context.receive(place);
  let invalid = 0;
  const show = (logout: ReceivedLogout) => {
    if (!logout.isValid) invalid += 1;
    const { header, claims, checks, issuer } = logout;
    const document: LogoutDocument = {
      version: 1,
      event: expected.channel === 'backchannel' ? 'logout_token' : 'frontchannel_logout',
      received_at: logout.receivedAt.toISOString(),
      issuer,
      valid: logout.isValid,
      ...{ header, claims, checks },
    };
    if (invocation.output.json) context.terminal.stdout.write(renderJson(document, { pretty: false }));
    else printResult(document, renderLogout, invocation);
  };
  const sessions = () => sessionsOf(expected, context);
  try {
    await withConversation(access, invocation, (conversation) => {
      tellAddress(listener, settings, invocation);
      return receiveLogouts(context, conversation, listener, { ...expected, sessions }, show);
    });
  } finally {
    await listener.close();
  }
  if (invalid > 0) {
    throw new FindingsError(
      'findings',
      say`${invalid} of ${expected.count ?? 0} logout messages were invalid.`,
      { hint: 'The checks above say why; each of these was answered with status 400.' },
    );
  }
}

/** The address alone on its line: it has to be registered. */
function tellAddress(
  { uri, addresses }: MessageServer,
  { expected: { channel }, place }: ListenSettings,
  { context, journal, output }: Invocation,
): void {
  const { stdout, stderr } = context.terminal;
  if (output.json) stdout.write(renderJson({ version: 1, event: 'listening', uri }, { pretty: false }));
  if (output.quiet) return;
  journal.told = true;
  const where =
    place.bind === undefined ? '' : `, with the host by which the server reaches ${addresses.join(', ')}`;
  tellLine(stderr, `Register this address as ${channel}_logout_uri of the client${where}:`);
  stderr.write(`\n${uri}\n\n`);
}

/** The users of the saved sessions of a client; one that cannot be opened is left out. */
async function sessionsOf(
  { clientId, server: { issuer } }: ListenSettings['expected'],
  context: Context,
): Promise<readonly KnownSession[]> {
  const known: KnownSession[] = [];
  for (const { saved } of await savedSessions(context)) {
    if (saved.client_id !== clientId || (issuer !== undefined && saved.issuer !== issuer)) continue;
    const session = await openSession(context, saved).catch(() => undefined);
    const token = decodeJwt(session?.tokens.id_token ?? '');
    if (token.type === 'jws') known.push({ sub: token.claims.sub, sid: token.claims.sid });
  }
  return known;
}
