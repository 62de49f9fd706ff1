import type { Finding } from '../checks/finding.ts';
import type { Outcome } from '../checks/judge-message.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { JsonObject } from '../json/json.ts';
import type { Challenge } from '../protocol/challenge.ts';
import type { MessageKind } from '../recording/message.ts';
import type { TraceDiagnosis, TraceOutcome } from '../recording/trace.ts';

/** One message of the result of `debug`. */
export interface DebugMessage {
  readonly kind: MessageKind;
  readonly outcome: Outcome;
  /** Under their wire names; tokens whole, as they are what was asked for. */
  readonly values: JsonObject;
  readonly findings: readonly Finding[];
  /** What WWW-Authenticate of a refused UserInfo request says; absent where there is none. */
  readonly challenge?: Challenge;
  /** The likeliest first; empty when nothing seems to be wrong. */
  readonly diagnosis: readonly Diagnosis[];
  /** Where it was found; absent when there is only one message. */
  readonly source?: string;
  /** The request line without its query and the status of the answer, as far as they were saved. */
  readonly exchange?: { readonly method?: string; readonly url?: string; readonly status?: number };
}

/** How a recorded run of this tool ended, with the causes it found itself. */
export interface DebugRun {
  readonly source: string;
  readonly command: string;
  readonly status: TraceOutcome['status'];
  readonly error: {
    readonly code: string;
    readonly step: string | null;
    readonly message: string;
    readonly hint: string | null;
  } | null;
  readonly diagnosis: readonly TraceDiagnosis[];
}

/** Result of `debug`, as `--json` prints it. */
export interface DebugDocument {
  readonly version: 1;
  /** Of each trace in the input; absent when there is none. */
  readonly runs?: readonly DebugRun[];
  readonly messages: readonly DebugMessage[];
}
