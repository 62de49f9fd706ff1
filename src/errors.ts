import { type ErrorCode, exitStatus } from './exit-status.ts';
import { type Ours, remember, type Said, say, type Text } from './say.ts';

/** An OAuth error as the server sent it, unaltered (RFC 6749 §4.1.2.1, §5.2). */
export interface OAuthErrorFields {
  readonly error: string | null;
  readonly error_description: string | null;
  readonly error_uri: string | null;
  /** HTTP status; null for an error that came through the browser. */
  readonly status: number | null;
}

interface ErrorDetails<T> {
  /** The advice: one or more sentences. */
  readonly hint?: T | Said | undefined;
  /** The step of the conversation it happened in, such as `token`. */
  readonly step?: string | undefined;
  readonly cause?: unknown;
}

/** Base of every refusal that has a name; anything else that is thrown is a bug. Messages never hold secrets. */
export abstract class NamedError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** Filled in by the flow when who threw it could not know. */
  step: string | undefined;

  constructor(code: ErrorCode, message: Text, details: ErrorDetails<Text> = {}) {
    super(remember(message as Said), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint === undefined ? undefined : remember(details.hint as Said);
    this.step = details.step;
  }

  /** The exit status of the process. */
  get exitCode(): number {
    return exitStatus[this.code];
  }
}

/** The command line, the environment or the terminal is wrong: the user must act. */
export class UsageError<const M extends Text = Said, const H extends Text = Said> extends NamedError {
  constructor(message: Ours<M>, details?: ErrorDetails<Ours<H>>) {
    super('usage', message, details);
  }
}

/** A file or setting of the user's is wrong. */
export class ConfigError<const M extends Text = Said, const H extends Text = Said> extends NamedError {
  constructor(message: Ours<M>, details?: ErrorDetails<Ours<H>>) {
    super('config', message, details);
  }
}

/** A person is needed and none can be asked. */
export class LoginRequiredError<const M extends Text = Said, const H extends Text = Said> extends NamedError {
  constructor(message: Ours<M>, details?: ErrorDetails<Ours<H>>) {
    super('login_required', message, details);
  }
}

/** Nothing usable came back: connection, TLS or time. */
export class NetworkError<const M extends Text = Said, const H extends Text = Said> extends NamedError {
  constructor(code: 'network' | 'tls' | 'timeout', message: Ours<M>, details?: ErrorDetails<Ours<H>>) {
    super(code, message, details);
  }
}

/** The server answered with an OAuth error: the server, or who configured it, must act. */
export class ErrorResponseError<const M extends Text = Said, const H extends Text = Said> extends NamedError {
  readonly oauth: OAuthErrorFields;
  /** Id of the check that leaves it open whether the server said that. */
  readonly check?: string;

  constructor(
    code: 'authorization_error' | 'token_error' | 'endpoint_error',
    message: Ours<M>,
    oauth: OAuthErrorFields,
    { check, ...details }: ErrorDetails<Ours<H>> & { readonly check?: string } = {},
  ) {
    super(code, message, details);
    this.oauth = oauth;
    if (check !== undefined) this.check = check;
  }
}

/** An answer came and cannot be read as what it should be. */
export class InvalidResponseError<
  const M extends Text = Said,
  const H extends Text = Said,
> extends NamedError {
  constructor(message: Ours<M>, details?: ErrorDetails<Ours<H>>) {
    super('invalid_response', message, details);
  }
}

/** An answer came and may not be trusted: a check failed. */
export class ValidationError<const M extends Text = Said, const H extends Text = Said> extends NamedError {
  /** Id of the check that failed, as in the catalogue. */
  readonly check: string;

  constructor(check: string, message: Ours<M>, details?: ErrorDetails<Ours<H>>) {
    super('validation_failed', message, details);
    this.check = check;
  }
}

/** The run did its work and found something at or above the threshold, or an expectation was not met. */
export class FindingsError<const M extends Text = Said, const H extends Text = Said> extends NamedError {
  /** Id of the check that ended the run, where one did. */
  readonly check?: string;

  constructor(
    code: 'findings' | 'expectation_failed',
    message: Ours<M>,
    { check, ...details }: ErrorDetails<Ours<H>> & { readonly check?: string } = {},
  ) {
    super(code, message, details);
    if (check !== undefined) this.check = check;
  }
}

/** The program that `exec` was to run cannot be run; the statuses are those of shells. */
export class ProgramError<const M extends Text = Said, const H extends Text = Said> extends NamedError {
  constructor(code: 'not_executable' | 'not_found', message: Ours<M>, details?: ErrorDetails<Ours<H>>) {
    super(code, message, details);
  }
}

/** Something that has no name here: a defect of this tool, with what was thrown as its cause. */
export class BugError extends NamedError {
  constructor(cause: unknown) {
    super('bug', say`Unexpected failure: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
      hint: 'This is a bug of oauth-code. Run it again with --debug and report what it prints.',
    });
  }
}

/** Signals that ask for the end of the run, each with its exit status. */
export const cancellingSignals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGBREAK: 129 } as const;

/** The name of a signal that asks for the end of the run. */
export type CancellingSignal = keyof typeof cancellingSignals;

/** A signal asked for the end of the run. */
export class CancelledError extends NamedError {
  readonly signalName: CancellingSignal;
  /** A request in flight ends by itself soon: a further signal is not to end the process before. */
  isHeld = false;

  constructor(signalName: CancellingSignal) {
    super('cancelled', signalName === 'SIGINT' ? 'Cancelled.' : `Stopped by ${signalName}.`);
    this.signalName = signalName;
  }

  override get exitCode(): number {
    return cancellingSignals[this.signalName];
  }
}
