import type { Diagnosis } from '../checks/diagnosis/diagnosis.ts';
import type { Finding } from '../checks/finding.ts';
import type { Outcome } from '../checks/judge-message.ts';
import type { MessageKind } from '../protocol/captured/message.ts';
import type { JsonObject } from '../protocol/json.ts';

/** One message of the result of `debug`. */
export interface DebugMessage {
  readonly kind: MessageKind;
  readonly outcome: Outcome;
  /** Under their wire names; tokens whole, as they are what was asked for. */
  readonly values: JsonObject;
  readonly findings: readonly Finding[];
  /** The likeliest first; empty when nothing seems to be wrong. */
  readonly diagnosis: readonly Diagnosis[];
  /** Where it was found; absent when there is only one message. */
  readonly source?: string;
}

/** Result of `debug`, as `--json` prints it. */
export interface DebugDocument {
  readonly version: 1;
  readonly messages: readonly DebugMessage[];
}
