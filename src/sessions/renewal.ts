import type { Invocation } from '../commands/command.ts';
import type { HeldLock, InterruptedHolder } from '../context.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import type { WantedSession } from '../storage/find-session.ts';

/** How a renewal is done where commands differ. */
export interface RenewalManner {
  /** Renew although the saved token may be good. */
  readonly always?: boolean;
  /** Tell each step on stderr, and end with the error of the server when it refuses the refresh token. */
  readonly loud?: boolean;
}

/** A renewal under way: its lock is held. */
export interface Renewal {
  readonly options: OptionReader;
  readonly wanted: WantedSession;
  readonly invocation: Invocation;
  readonly manner: RenewalManner;
  readonly lock: HeldLock;
  /** Of the session file. */
  readonly path: string;
  /** An earlier renewal whose process died after it had sent. */
  readonly interrupted: InterruptedHolder | undefined;
}

/** The checks that a person or profile lets only warn. */
export function waivedChecks(options: OptionReader): ReadonlySet<string> {
  return new Set(options.list('no-verify').map((id) => id.replaceAll('_', '-')));
}

/** Whether the quickest way to send will do: nobody wants to see how it went over the wire. */
export function isFrugal(options: OptionReader): boolean {
  return !options.isOn('verbose') && options.list('trace').length === 0;
}
