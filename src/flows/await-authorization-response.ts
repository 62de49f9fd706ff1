import { type CheckResult, checkResult, comparedWith } from '../checks/check-result.ts';
import { stateDifference } from '../checks/difference.ts';
import { shownValue } from '../checks/shown-value.ts';
import type { CallbackListener, CallbackVerdict, Context, ReceivedCallback } from '../context.ts';
import { LoginRequiredError } from '../errors.ts';
import {
  type AuthorizationResponseReading,
  type ReceivedAuthorizationResponse,
  readAuthorizationResponse,
} from '../protocol/authorization-response.ts';
import { parameterValue } from '../protocol/parameters.ts';
import { own, recall, remember, say } from '../say.ts';
import type { Emit } from './conversation.ts';

/** The answer that ended the wait, and how to show the person's browser the outcome. */
export interface AuthorizationAnswer {
  readonly reading: AuthorizationResponseReading;
  /** A bare code brings no state that could be compared; the person vouches for it. */
  readonly by: 'browser' | 'paste' | 'bare-code';
  /** Tells whether a browser waited for the page. */
  respond(page: string): Promise<boolean>;
}

/** Decrypts the JWT of an answer; undefined when no key does (JARM §2.4). */
export type Decrypt = (compact: string) => Promise<string | undefined>;

/** The state that was sent, and where the answer may come from. */
export interface AwaitOptions {
  /** Absent: the redirect URI is not on this machine, so that only pasting is left. */
  readonly listener?: CallbackListener | undefined;
  readonly acceptsPaste: boolean;
  readonly timeoutSeconds: number;
  /** How long a better answer is awaited after an unconfirmed error; to the end when left out. */
  readonly unconfirmedSeconds?: number | undefined;
  readonly sentState: string | undefined;
  readonly decrypt?: Decrypt | undefined;
  /** Asked once the time is over. */
  browserWasOpened(): boolean;
  /** Settles once it is known how opening the browser went: with an error when no answer can ever come. */
  readonly hopeless: Promise<Error | undefined>;
  readonly judge: CallbackJudge;
  readonly page?: PageReader | undefined;
}

/** Reads for the person what the server shows in the browser in place of an answer. */
export interface PageReader {
  /** When to ask the person whether it is an error; undefined where no person can be asked. */
  readonly offerAfterMs: number | undefined;
  offer(): void;
  /**
   * Tells what the page says; resolves with whether it is an error.
   * @param waits whether the wait goes on afterwards
   */
  read(signal: AbortSignal, waits: boolean): Promise<boolean>;
}

/** Keeps answers that are not ours out, and remembers why. */
export interface CallbackJudge {
  /** @param advice told to the person when the answer is ignored */
  judge(callback: ReceivedCallback, advice?: string): Promise<CallbackVerdict>;
  /** For each answer that was ignored so far, the check that it failed. */
  readonly ignored: readonly CheckResult[];
  /** The first error that did not bring our state: what the login ends with when nothing better comes. */
  readonly unconfirmed: Promise<AuthorizationAnswer>;
}

/** What the judge of callbacks knows, and where it reports. */
export interface JudgeOptions {
  readonly sentState: string | undefined;
  /** Whether tokens without a code are an answer too. */
  readonly takesTokens?: boolean;
  readonly decrypt?: Decrypt | undefined;
  readonly waived: ReadonlySet<string>;
  page(reason: string): string;
  readonly emit: Emit;
  /** How the user comes to the end of a login after an unconfirmed error. */
  readonly wayOut: string;
  /** Whether the issuer of an answer is not that of the server. */
  isForeign(reading: AuthorizationResponseReading): Promise<boolean>;
  /** Where the browser is to go instead, when the error of an answer can be mended by asking once more. */
  renew?(reading: AuthorizationResponseReading): Promise<string | undefined>;
}

/**
 * Makes the judge of what reaches the redirect URI: an answer with a foreign state is shown `page` and ignored,
 * because any page can send the browser here (RFC 6749 §10.12). An error without state is told, and the wait goes on:
 * some servers forget it. A waived check keeps nothing out.
 */
export function createCallbackJudge(options: JudgeOptions): CallbackJudge {
  const { waived, page, emit, wayOut, isForeign, renew } = options;
  const ignored: CheckResult[] = [];
  let keep: (answer: AuthorizationAnswer) => void = () => {};
  const unconfirmed = new Promise<AuthorizationAnswer>((resolve) => {
    keep = resolve;
  });
  return {
    ignored,
    unconfirmed,
    async judge(callback, advice) {
      const reading = await readReceivedCallback(callback, options);
      const failed = reasonToIgnore(reading, options);
      if (failed === undefined || waived.has(failed.id)) {
        const url = await renew?.(reading);
        return url === undefined ? { type: 'accept' } : { type: 'redirect', url };
      }
      if (isUnconfirmed(reading)) {
        keep({ reading, by: 'browser', respond: async () => false });
        const said = (await isForeign(reading)) ? '' : say` It says: ${errorText(reading)}`;
        emit({
          type: 'callback_ignored',
          reason: remember(say`${recall(failed.detail)} ${own(wayOut)}${said}`),
        });
      } else {
        ignored.push(failed);
        const { expected, received } = failed;
        const values = !expected || !received ? '' : say` Sent: ${expected}. Received: ${received}.`;
        const told = advice === undefined ? '' : say` ${own(advice)}`;
        const reason = remember(say`${recall(failed.detail)}${values}${told}`);
        emit({ type: 'callback_ignored', reason });
      }
      return { type: 'ignore', status: 400, page: page(failed.detail) };
    },
  };
}

/** Whether an answer is an error that does not bring our state; an empty one counts as absent (RFC 6749 §3.1). */
export function isUnconfirmed({ type, stateComparison, state }: AuthorizationResponseReading): boolean {
  return type === 'error' && stateComparison !== 'not-sent' && (state ?? '') === '';
}

function errorText({ parameters }: AuthorizationResponseReading): string {
  return ['error', 'error_description'].flatMap((name) => parameterValue(parameters, name) ?? []).join(': ');
}

function reasonToIgnore(
  reading: AuthorizationResponseReading,
  { sentState, takesTokens = false }: Pick<JudgeOptions, 'sentState' | 'takesTokens'>,
): CheckResult | undefined {
  const { type, stateComparison, state, jwt } = reading;
  if (type === 'neither' && jwt?.encryption === 'locked') {
    const detail = 'It is encrypted, and no key of --decryption-key decrypts it.';
    return checkResult('jarm-decryption', 'fail', detail);
  }
  if (type === 'neither' && jwt?.encryption === 'opened' && jwt.signed === null)
    return checkResult('jarm-signature', 'fail', 'What was encrypted in it is not a signed JWT.');
  if (type === 'neither' || (type === 'tokens' && !takesTokens)) {
    return checkResult('authorization-response', 'fail', 'It held neither a code nor an error.');
  }
  if (isUnconfirmed(reading)) {
    const detail =
      'An error came without the state that was sent: nothing shows that it belongs to this login.';
    return checkResult('state-missing', 'fail', detail);
  }
  if (stateComparison === 'different') {
    const difference = stateDifference(sentState ?? '', state ?? '');
    const detail = say`Its state is not the one that was sent: it belongs to another login, or is forged. ${difference}`;
    return checkResult('state-mismatch', 'fail', detail, comparedWith(shownValue(sentState), state));
  }
  return stateComparison === 'missing' && type !== 'error'
    ? checkResult(
        'state-missing',
        'fail',
        say`It held ${own(type === 'code' ? 'a code' : type)} without the state that was sent.`,
      )
    : undefined;
}

function readReceivedCallback(
  callback: ReceivedCallback,
  means: Pick<AwaitOptions, 'sentState' | 'decrypt'>,
): Promise<AuthorizationResponseReading> {
  const { url } = callback;
  const received =
    callback.type === 'query'
      ? ({ method: 'GET', url } as const)
      : callback.type === 'form_post'
        ? ({ method: 'POST', url, body: callback.body } as const)
        : ({ method: 'FRAGMENT', url, fragment: callback.fragment } as const);
  return readAnswer(received, means);
}

/** Reads an answer, and what is encrypted in it. */
async function readAnswer(
  received: ReceivedAuthorizationResponse,
  { sentState, decrypt }: Pick<AwaitOptions, 'sentState' | 'decrypt'>,
): Promise<AuthorizationResponseReading> {
  const sent = { state: sentState };
  const reading = readAuthorizationResponse(received, sent);
  const { jwt } = reading;
  const decrypted = jwt?.encryption === 'locked' ? await decrypt?.(jwt.compact) : undefined;
  return decrypted === undefined ? reading : readAuthorizationResponse(received, sent, decrypted);
}

/**
 * Waits for the first answer that is ours: from the browser, or pasted on the terminal.
 * @throws NetworkError `timeout`; ValidationError when only foreign answers came; LoginRequiredError when the
 * terminal ends that alone could have brought one, or when it turns out hopeless; the reason of the signal.
 */
export async function awaitAuthorizationResponse(
  context: Pick<Context, 'signal' | 'terminal'>,
  options: AwaitOptions,
  emit: Emit,
): Promise<AuthorizationAnswer> {
  const over = new AbortController();
  const error: { answer?: AuthorizationAnswer; end(): void } = { end: () => {} };
  const endedByError = new Promise<AuthorizationAnswer>((resolve) => {
    error.end = () => error.answer !== undefined && resolve(error.answer);
  });
  const { page, judge, timeoutSeconds } = options;
  let reading: Promise<boolean> | undefined;
  const readPage = async (waits: boolean) => {
    reading ??= page?.read(signal, waits).catch((bug: unknown) => {
      if (!signal.aborted) over.abort(bug);
      return false;
    });
    return (await reading) === true;
  };
  const timer = setTimeout(async () => {
    if (error.answer !== undefined) return error.end();
    // Where answers came, the person was at the end of the login.
    const isRefused = judge.ignored.length === 0 && (await readPage(false));
    if (over.signal.aborted) return;
    emit({ type: 'checks', step: 'authorization', checks: firstOfEach(judge.ignored) });
    const { timeoutError } = await import('./login-time-out.ts');
    over.abort(timeoutError(options, isRefused));
  }, timeoutSeconds * 1000);
  let isOffered = false;
  const offer = () => {
    isOffered = error.answer === undefined;
    if (isOffered) page?.offer();
  };
  const offerAfterMs = page?.offerAfterMs;
  const offering = offerAfterMs === undefined ? undefined : setTimeout(offer, offerAfterMs);
  // The key ends a login for which an error came; else it asks for the page that was offered.
  const onReturn = () => {
    if (error.answer !== undefined) error.end();
    else if (isOffered) void readPage(true);
  };
  let patience: NodeJS.Timeout | undefined;
  options.judge.unconfirmed.then((answer) => {
    error.answer = answer;
    const seconds = options.unconfirmedSeconds;
    if (seconds !== undefined && !over.signal.aborted) patience = setTimeout(error.end, seconds * 1000);
  });
  options.hopeless.then((reason) => reason !== undefined && over.abort(reason));
  const signal = AbortSignal.any([context.signal, over.signal]);
  const answers: Promise<AuthorizationAnswer>[] = [aborted(signal), endedByError];
  if (options.listener !== undefined) answers.push(fromBrowser(options.listener, options, signal));
  if (options.acceptsPaste) answers.push(fromTerminal(context, options, signal, emit, onReturn));
  try {
    return await Promise.race(answers);
  } finally {
    for (const waiting of [timer, offering, patience]) clearTimeout(waiting);
    over.abort(new Error('The wait is over.'));
  }
}

/** A page that is loaded again and again is told once. */
function firstOfEach(checks: readonly CheckResult[]): CheckResult[] {
  return checks.filter(({ id }, index) => checks.findIndex((check) => check.id === id) === index);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function fromBrowser(
  listener: CallbackListener,
  means: Pick<AwaitOptions, 'sentState' | 'decrypt'>,
  signal: AbortSignal,
): Promise<AuthorizationAnswer> {
  const { callback, respond } = await listener.accepted(signal);
  return {
    reading: await readReceivedCallback(callback, means),
    by: 'browser',
    async respond(page) {
      await respond(page);
      return true;
    },
  };
}

async function fromTerminal(
  context: Pick<Context, 'terminal'>,
  options: AwaitOptions,
  signal: AbortSignal,
  emit: Emit,
  onReturn: () => void,
): Promise<AuthorizationAnswer> {
  const { sentState, judge, listener } = options;
  const respond = async () => false;
  const { joinPastedLines, pasteAdvice, readPastedAnswer } = await import('./pasted-answer.ts');
  for await (const line of joinPastedLines(context.terminal.lines(signal))) {
    const pasted = readPastedAnswer(line, sentState);
    if (pasted.type === 'nothing') onReturn();
    else if (pasted.type === 'unreadable')
      emit({ type: 'remark', step: 'authorization', text: remember(own(pasted.reason)) });
    else if (pasted.type === 'bare-code') return { reading: pasted.reading, by: 'bare-code', respond };
    else if (
      isUnconfirmed(pasted.reading) ||
      (await judge.judge({ type: 'query', url: pasted.url }, pasteAdvice)).type === 'accept'
    ) {
      return { reading: await readAnswer(pasted.reading.received, options), by: 'paste', respond };
    }
  }
  if (listener === undefined && !signal.aborted) {
    throw new LoginRequiredError('The terminal was closed before an answer was pasted.', {
      step: 'authorization',
      hint: 'Run the login again, and paste the whole address of the final page.',
    });
  }
  // The terminal has nothing more to say; the browser may still answer.
  return new Promise(() => {});
}
