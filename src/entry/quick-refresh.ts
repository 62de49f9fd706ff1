import { cancelOnSignals } from '../adapters/signals.ts';
import { createJournal } from '../commands/journal.ts';
import { renderBareToken, renderHeader } from '../output/token-formats.ts';
import { refreshSession } from '../sessions/refresh-session.ts';
import { lockSession } from '../sessions/session-lock.ts';
import { readNothing } from '../settings/option-reader.ts';
import { openSession } from '../storage/session-store.ts';
import type { QuickRenewal } from './quick-token.ts';
import { createContext } from './system-context.ts';

const lockTimeoutMs = 35_000;

/** Refreshes the session, whose lock this process holds, and prints the token as the whole program would. */
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
  invocation: Parameters<typeof refreshSession>[0]['invocation'],
): Promise<number> {
  const { context } = invocation;
  const outcome = await lockSession(context, path, lockTimeoutMs, async () => undefined);
  if (outcome.type === 'spared') return 0;
  const { lock, interrupted } = outcome;
  try {
    const session = await openSession(context, saved);
    const token = await refreshSession({
      options: readNothing(),
      wanted: { owner: saved.owner, scope: [], resource: [] },
      invocation,
      manner: {},
      lock,
      path,
      interrupted,
      usable: { name, fit: 'whole', session, octets, keeping: 'file' },
    });
    context.terminal.stdout.write(format === 'header' ? renderHeader(token) : renderBareToken(token));
    return 0;
  } finally {
    lock.release();
  }
}
