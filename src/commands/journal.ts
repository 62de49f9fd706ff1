import type { CheckResult } from '../checks/check-result.ts';
import type { Diagnosed } from '../diagnosis/diagnosis.ts';
import type { Emit, FlowEvent } from '../flows/conversation.ts';
import type { HttpResponse } from '../http-message.ts';
import type { McpDocument } from '../output/documents.ts';
import type { Secret } from '../output/redact.ts';
import type { AnswerPage } from '../recording/answer-page.ts';

/** Records a run until it ends. */
export interface TraceRecorder {
  readonly record: Emit;
  /** Writes the trace once; the run ended well when there is no error. @throws ConfigError */
  finish(error: unknown): Promise<void>;
}

/** The events of a run and when each came, from which its recordings are made once it has ended. */
export interface NotedRun {
  readonly command: string;
  readonly startedAt: Date;
  readonly startedMs: number;
  readonly notes: { readonly event: FlowEvent; readonly at: Date; readonly ms: number }[];
}

/** How the server refuses an authorization request, as it was fetched without the person. */
export type RefusedRequest = AnswerPage & { readonly response: HttpResponse };

/** The events of a run and the secrets it must not show; an error report needs both. */
export interface Journal {
  /** In the order they became known. */
  readonly secrets: Secret[];
  /** What is shown although it is part of a secret: the client id, before any request sends it. */
  readonly open: string[];
  /** All that the flows told, in order: from it the cause of an error is found. */
  readonly events: FlowEvent[];
  /** Settings that a person gave, by option (with the parameter, as in `token-param scope`), and what gave each. */
  given: Readonly<Record<string, string>>;
  /** Likely causes of the error that ends the run, where more is known than its code tells. */
  causes?: Diagnosed;
  /** What `mcp` saw of the phases before a run ended without a verdict. */
  phases?: McpDocument['phases'];
  /** The page of an error that the server shows in the browser. */
  page?: RefusedRequest;
  /** Why no browser gets past the authorization endpoint, in a sentence. */
  stuckAt?: string;
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
  /** Whether `last.json` holds this run. */
  keptLast?: boolean;
}

/** The checks of a run so far. */
export function checksOfRun({ events }: Pick<Journal, 'events'>): readonly CheckResult[] {
  return events.flatMap((event) => (event.type === 'checks' ? event.checks : []));
}

/** An empty journal. */
export function createJournal(): Journal {
  return { secrets: [], open: [], events: [], given: {}, told: false };
}
