import { FindingsError, type NamedError } from '../../errors.ts';
import { type DoctorCheck, type DoctorDocument, renderDoctor } from '../../output/render-doctor.ts';
import { renderJson } from '../../output/render-json.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput, viewOf } from '../../settings/output-settings.ts';
import { settleServer } from '../../settings/settle-server.ts';
import type { Invocation } from '../command.ts';
import { recordEvenNothing } from '../trace/record-trace.ts';
import { checkConnection } from './check-connection.ts';
import { checkServer } from './check-server.ts';
import { checkKeychain, checkSettings, checkState } from './check-storage.ts';
import {
  checkBrowser,
  checkCertificates,
  checkNode,
  checkPorts,
  checkProxies,
} from './check-surroundings.ts';

/**
 * Checks the machine and, where a server is named, the way to it, and prints what was found with its cure.
 * @param broken why the settings could not be used
 * @throws FindingsError after printing, when something failed
 */
export async function runDoctor(
  options: OptionReader,
  broken: NamedError | undefined,
  invocation: Invocation,
): Promise<void> {
  const { context } = invocation;
  await recordEvenNothing(settleOutput(options), invocation, 'doctor');
  const server = settleServer(options);
  const url = server.issuer ?? server.metadataUrl;
  const machine = await context.machine();
  const checks: DoctorCheck[] = [
    checkNode(machine),
    ...(await checkPorts(options, context)),
    checkBrowser(machine),
    await checkKeychain(context),
    checkProxies(machine, options.text('proxy'), url),
    ...(await checkCertificates(machine)),
    await checkSettings(options, broken, context),
    await checkState(machine, context),
    ...(url === undefined
      ? await checkConnection(options, context)
      : await checkServer(options, server, url, invocation)),
  ];
  context.signal.throwIfAborted();
  const document: DoctorDocument = { version: 1, checks: checks.map(inOrder) };
  const { stdout } = context.terminal;
  stdout.write(
    settleOutput(options).json
      ? renderJson(document, { pretty: stdout.isTTY, color: stdout.color })
      : renderDoctor(document, viewOf(stdout, settleOutput(options), context)),
  );
  failOn(checks);
}

/** The members of every check in one order, whichever way it ended. */
function inOrder({ id, outcome, title, detail, cure }: DoctorCheck): DoctorCheck {
  return { id, outcome, title, detail, ...(cure === undefined ? {} : { cure }) };
}

function failOn(checks: readonly DoctorCheck[]): void {
  const [first, ...rest] = checks.filter(({ outcome }) => outcome === 'fail');
  if (first === undefined) return;
  const more = rest.length === 0 ? '' : ` and ${rest.length} more`;
  throw new FindingsError('findings', `Failed: ${first.title} (${first.id})${more}.`, {
    hint: 'The result above names the cure.',
  });
}
