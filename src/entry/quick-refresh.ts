import { cancelOnSignals } from '../adapters/signals.ts';
import type { Invocation } from '../commands/command.ts';
import { createJournal } from '../commands/journal.ts';
import { sessionRun } from '../commands/session/session-run.ts';
import { renderBareToken, renderHeader } from '../output/token-formats.ts';
import { refreshSession } from '../sessions/refresh-session.ts';
import { withLock } from '../sessions/session-lock.ts';
import { readNothing } from '../settings/option-reader.ts';
import { settleOutput } from '../settings/output-settings.ts';
import { settleRenewal } from '../settings/settle-token.ts';
import { openSession } from '../storage/session-store.ts';
import type { QuickRenewal } from './quick-token.ts';
import { createContext } from './system-context.ts';

/** Refreshes the session, whose lock this process holds, and prints the token, as the whole program would. */
export function refreshQuickly(renewal: QuickRenewal): void {
  const signals = cancelOnSignals();
  const context = createContext([], signals.signal);
  const invocation = { context, journal: createJournal() };
  refresh(renewal, invocation)
    .catch(async (error: unknown) => {
      const { reportError } = await import('../commands/report-error.ts');
      return reportError(error, [], context, invocation.journal);
    })
    .then((status) => {
      process.exitCode = status;
      signals.release();
    });
}

async function refresh(
  { path, name, octets, saved, format }: QuickRenewal,
  invocation: Invocation,
): Promise<number> {
  const { context } = invocation;
  const nothing = readNothing();
  const wanted = { owner: saved.owner, scope: [], resource: [] };
  await withLock(context, path, async (held) => {
    const session = await openSession(context, saved);
    const token = await refreshSession(
      { name, fit: 'whole', session, octets, keeping: 'file' },
      { wanted, renewal: settleRenewal(nothing, invocation) },
      sessionRun(settleOutput(nothing), invocation),
      held,
    );
    context.terminal.stdout.write(format === 'header' ? renderHeader(token) : renderBareToken(token));
  });
  return 0;
}
