import { FindingsError, type NamedError } from '../../errors.ts';
import { type DoctorCheck, type DoctorDocument, renderDoctor } from '../../output/render-doctor.ts';
import { say } from '../../say.ts';
import type { DoctorSettings } from '../../settings/settle-tools.ts';
import type { Invocation } from '../command.ts';
import { printDocument } from '../print-result.ts';
import { recordEvenNothing } from '../trace/record-trace.ts';
import {
  checkBrowser,
  checkCertificates,
  checkKeychain,
  checkNode,
  checkPorts,
  checkProxies,
  checkSettings,
  checkState,
} from './check-machine.ts';
import { checkConnection, checkServer } from './check-server.ts';

/**
 * Checks the machine and, where a server is named, the way to it, and prints each result with its cure.
 * @param broken why the settings file could not be used
 * @throws FindingsError after printing, when something failed
 */
export async function runDoctor(
  settings: DoctorSettings,
  broken: NamedError | undefined,
  invocation: Invocation,
): Promise<void> {
  const { context } = invocation;
  await recordEvenNothing(settings.output, invocation, 'doctor');
  const { server } = settings;
  const url = server.issuer ?? server.metadataUrl;
  const machine = await context.machine();
  const checks: DoctorCheck[] = [
    checkNode(machine),
    ...(await checkPorts(settings, context)),
    await checkBrowser(machine, settings),
    await checkKeychain(context),
    await checkProxies(machine, settings.proxy, url),
    ...(await checkCertificates(machine)),
    await checkSettings(settings, broken, context),
    await checkState(machine, context),
    ...(url === undefined
      ? await checkConnection(settings, context)
      : await checkServer(settings, server, url, invocation)),
  ];
  context.signal.throwIfAborted();
  const document: DoctorDocument = { version: 1, checks };
  printDocument(document, renderDoctor, settings.output, context);
  failOn(checks);
}

function failOn(checks: readonly DoctorCheck[]): void {
  const [first, ...rest] = checks.filter(({ outcome }) => outcome === 'fail');
  if (first === undefined) return;
  const more = rest.length === 0 ? '' : ` and ${rest.length} more`;
  throw new FindingsError('findings', say`Failed: ${first.title} (${first.id})${more}.`);
}
