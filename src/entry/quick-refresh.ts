import { cancelOnSignals } from '../adapters/signals.ts';
import type { Invocation } from '../commands/command.ts';
import { createJournal } from '../commands/journal.ts';
import { sessionRun } from '../commands/session/session-run.ts';
import { renderSecretWarning } from '../output/render-step.ts';
import { renderBareToken, renderHeader } from '../output/token-header.ts';
import type { ClientAuthenticationMethod } from '../protocol/client-authentication.ts';
import { refreshSession } from '../sessions/refresh-session.ts';
import { withLock } from '../sessions/session-lock.ts';
import type { RenewalSettings } from '../sessions/token-settings.ts';
import type { OutputSettings } from '../settings/output-settings.ts';
import { openSession } from '../storage/session-store.ts';
import type { QuickRenewal } from './quick-token.ts';
import { createContext } from './system-context.ts';

/** Refreshes the session, whose lock this process holds, and prints the token, as the whole program would. */
export function refreshQuickly(renewal: QuickRenewal): void {
  const signals = cancelOnSignals();
  const context = createContext([], signals.signal);
  const journal = { ...createJournal(), command: 'refresh' };
  const invocation = { context, journal, output: silent };
  refresh(renewal, invocation)
    .catch(async (error: unknown) => {
      const { finishTraceOfFailure } = await import('../commands/trace/record-trace.ts');
      await finishTraceOfFailure(invocation, error);
      const { reportError } = await import('../commands/report-error.ts');
      return reportError(error, [], context, invocation.journal);
    })
    .then((status) => {
      process.exitCode = status;
      signals.release();
    });
}

async function refresh(renewal: QuickRenewal, invocation: Invocation): Promise<number> {
  const { path, name, octets, saved, format } = renewal;
  const { context, journal } = invocation;
  const wanted = { owner: saved.owner, scope: [], resource: [] };
  journal.given = { 'auth-method': rememberedSource, ...secretSource(renewal) };
  await withLock(context, path, async (held) => {
    const session = await openSession(context, saved);
    const token = await refreshSession(
      { name, fit: 'whole', session, octets, keeping: 'file' },
      { wanted, renewal: renewalSettings(renewal, invocation) },
      sessionRun(invocation),
      held,
    );
    context.terminal.stdout.write(format === 'header' ? renderHeader(token) : renderBareToken(token));
  });
  await journal.trace?.finish(undefined);
  return 0;
}

/** The name of the settings that a session remembers in a diagnosis, as in the whole program. */
const rememberedSource = 'place of the client secret at login';

function secretSource({ clientSecret }: QuickRenewal): Record<string, string> {
  return clientSecret === undefined ? {} : { 'client-secret': rememberedSource };
}

/** Settings for a session that can be renewed with what it remembers alone. */
function renewalSettings(
  { saved, clientSecret }: QuickRenewal,
  { context, journal }: Invocation,
): RenewalSettings {
  return {
    server: { given: {} },
    idToken: {},
    waived: new Set(),
    clockToleranceSeconds: 5,
    frugal: true,
    connection: async () => ({ timeoutSeconds: 30 }),
    async client() {
      if (clientSecret !== undefined) {
        const { stderr } = context.terminal;
        journal.secrets.push({ kind: 'client_secret', value: clientSecret });
        stderr.write(renderSecretWarning(clientSecret, stderr));
      }
      const secret = clientSecret === undefined ? {} : { clientSecret };
      return {
        method: saved.server.auth_method as ClientAuthenticationMethod,
        credentials: { clientId: saved.client_id, hasCertificate: false, ...secret },
      };
    },
    tokenOverrides: () => [],
    grantInputs: async () => ({ values: {}, digest: undefined }),
    keeping: { store: undefined, isPlain: true, isSelfContained: true, secretFrom: () => undefined },
    dpop: async () => undefined,
  };
}

const silent: OutputSettings = {
  json: false,
  quiet: false,
  verbose: false,
  wire: false,
  showSecrets: false,
  allChecks: false,
  step: false,
  explain: false,
  noInput: false,
  openReport: false,
  browser: undefined,
  sources: { step: '--step', trace: '--trace' },
  keepsLast: true,
  trace: [],
};
