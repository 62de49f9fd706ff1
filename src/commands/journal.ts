import type { CheckResult } from '../checks/check-result.ts';
import type { Emit, FlowEvent } from '../flows/conversation.ts';
import type { Secret } from '../output/redact.ts';
import { requestParameters } from '../protocol/parameters.ts';

/** Records a run until it ends. */
export interface TraceRecorder {
  readonly record: Emit;
  /** Writes the trace once; the run ended well when there is no error. @throws ConfigError */
  finish(error: unknown): Promise<void>;
}

/** The events of a run and the secrets it must not show; an error report needs both. */
export interface Journal {
  /** In the order they became known. */
  readonly secrets: Secret[];
  /** All that the flows told, in order: from it the cause of an error is found. */
  readonly events: FlowEvent[];
  /** Settings that a person gave, by option (with the parameter, as in `token-param scope`), and what gave each. */
  given: Readonly<Record<string, string>>;
  /** Likely causes of the error that ends the run, where more is known than its code tells. */
  causes?: readonly string[];
  /** With what the run ends although nothing went wrong; 0 when left out. */
  exitStatus?: number;
  /** Whether steps were told on stderr: what follows them is set apart by an empty line. */
  told: boolean;
  /** Whether it was said that secrets are shown. */
  warnedOfSecrets?: boolean;
  /** The name of the command that runs. */
  command?: string;
  /** Set while the run is being recorded. */
  trace?: TraceRecorder;
}

/** The checks of a run so far. */
export function checksOfRun({ events }: Pick<Journal, 'events'>): readonly CheckResult[] {
  return events.flatMap((event) => (event.type === 'checks' ? event.checks : []));
}

const openParameters = new Set(['client_id', 'redirect_uri', 'scope', 'resource', 'audience']);

/**
 * Values that events show to have been sent openly: endpoints, their issuer, and parameters that are no credentials.
 * They are shown, whatever the secrets are. The URL of an API or of a job's platform may hold a credential of its own.
 */
export function sentOpenly(events: readonly FlowEvent[]): readonly string[] {
  const requests = events.flatMap((event) =>
    event.type === 'exchange' && event.step !== 'request' && event.step !== 'assertion'
      ? [event.exchange.request]
      : event.type === 'authorization-url'
        ? [{ method: 'GET', url: event.url, headers: [] }]
        : [],
  );
  return requests.flatMap((request) => {
    const [endpoint = ''] = request.url.split(/[?#]/, 1);
    const parameters = requestParameters(request).filter(([name]) => openParameters.has(name));
    const values = parameters.flatMap(([name, value]) => (name === 'scope' ? value.split(' ') : [value]));
    return [endpoint, endpoint.replace(/\/\.well-known\/.*$/, ''), ...values];
  });
}

/** An empty journal. */
export function createJournal(): Journal {
  return { secrets: [], events: [], given: {}, told: false };
}
