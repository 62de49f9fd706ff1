import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AcceptedCallback, CallbackListener, ReceivedCallback, Terminal } from '../../src/context.ts';
import { CancelledError, LoginRequiredError, NetworkError, ValidationError } from '../../src/errors.ts';
import {
  type AwaitOptions,
  awaitAuthorizationResponse,
  createCallbackJudge,
  type PageReader,
} from '../../src/flows/await-authorization-response.ts';
import type { FlowEvent } from '../../src/flows/conversation.ts';
import { readPastedAnswer } from '../../src/flows/pasted-answer.ts';
import { inputs } from '../every-case.ts';

const callbackUrl = 'http://127.0.0.1:8378/callback';
const query = (parameters: string): ReceivedCallback => ({
  type: 'query',
  url: `${callbackUrl}?${parameters}`,
});
const page = (reason: string) => `<p>${reason}</p>`;

function judgeOf(sentState: string | undefined, waived: readonly string[] = []) {
  const events: FlowEvent[] = [];
  const judge = createCallbackJudge({
    sentState,
    waived: new Set(waived),
    page,
    emit: (event) => events.push(event),
    wayOut: 'Press Return.',
    isForeign: async ({ iss }) => iss !== null,
  });
  return { judge, events };
}

describe('the judge of what reaches the redirect URI', () => {
  it.each<[string, ReceivedCallback]>([
    ['the state that was sent', query('code=c&state=sent')],
    ['an error with the state', query('error=access_denied&state=sent')],
    ['a form post', { type: 'form_post', url: callbackUrl, body: 'code=c&state=sent' }],
    ['a fragment', { type: 'fragment', url: callbackUrl, fragment: 'code=c&state=sent' }],
    [
      'a state given twice, one of them ours: the checks refuse that aloud',
      query('code=c&state=x&state=sent'),
    ],
  ])('accepts %s', async (_, callback) => {
    const { judge, events } = judgeOf('sent');
    expect(await judge.judge(callback)).toEqual({ type: 'accept' });
    expect(judge.ignored).toEqual([]);
    expect(events).toEqual([]);
  });

  it.each<[string, ReceivedCallback, string, RegExp]>([
    ['another state', query('code=c&state=forged-7f'), 'state-mismatch', /belongs to another login/],
    [
      'a state that only begins like ours',
      query('code=c&state=sent2'),
      'state-mismatch',
      /belongs to another/,
    ],
    ['an empty state', query('code=c&state='), 'state-mismatch', /belongs to another/],
    [
      'an error with another state',
      query('error=access_denied&state=forged-7f'),
      'state-mismatch',
      /another/,
    ],
    ['a code without state', query('code=c'), 'state-missing', /without the state/],
    ['neither code nor error', query('state=sent'), 'authorization-response', /neither a code nor an error/],
    ['nothing', { type: 'fragment', url: callbackUrl, fragment: '' }, 'authorization-response', /neither/],
    [
      'a query that is not the form post',
      { type: 'form_post', url: `${callbackUrl}?code=c&state=sent`, body: '' },
      'authorization-response',
      /neither/,
    ],
  ])('ignores %s, with a page and a remark', async (_, callback, id, reason) => {
    const { judge, events } = judgeOf('sent');
    const verdict = await judge.judge(callback);
    const [ignored] = judge.ignored;
    expect(ignored).toMatchObject({ id, outcome: 'fail', detail: expect.stringMatching(reason) });
    expect(verdict).toEqual({ type: 'ignore', status: 400, page: page(ignored?.detail ?? '') });
    const { detail = '', expected, received } = ignored ?? {};
    const values = expected && received ? ` Sent: ${expected}. Received: ${received}.` : '';
    expect(events).toEqual([{ type: 'callback_ignored', reason: `${detail}${values}` }]);
    expect(detail).not.toContain('forged-7f');
    if (id === 'state-mismatch') expect(expected).toBe('sent');
  });

  it.each([
    ['without any state', 'error=access_denied&error_description=No', ' It says: access_denied: No'],
    ['with an empty state', 'error=access_denied&state=', ' It says: access_denied'],
    ['from another issuer, which is not quoted', 'error=access_denied&iss=https://evil.example', ''],
  ])('tells an error %s at once, and waits on', async (_, parameters, said) => {
    const { judge, events } = judgeOf('sent');
    const reason = expect.stringContaining('nothing shows that it belongs to this login');
    expect(await judge.judge(query(parameters))).toMatchObject({ type: 'ignore', status: 400, page: reason });
    expect(events).toEqual([{ type: 'callback_ignored', reason }]);
    expect(events[0]).toMatchObject({ reason: expect.stringMatching(new RegExp(`Press Return\\.${said}$`)) });
    expect(judge.ignored).toEqual([]);
    expect((await judge.unconfirmed).reading).toMatchObject({ type: 'error', error: 'access_denied' });
  });

  it('compares nothing when no state was sent', async () => {
    const { judge } = judgeOf(undefined);
    expect(await judge.judge(query('code=c'))).toEqual({ type: 'accept' });
    expect(await judge.judge(query('code=c&state=any'))).toEqual({ type: 'accept' });
    expect(await judge.judge(query('error=access_denied'))).toEqual({ type: 'accept' });
    expect((await judge.judge(query('x=y'))).type).toBe('ignore');
  });

  it('lets in what was waived', async () => {
    expect((await judgeOf('sent', ['state-mismatch']).judge.judge(query('code=c&state=other'))).type).toBe(
      'accept',
    );
    expect((await judgeOf('sent', ['state-missing']).judge.judge(query('code=c'))).type).toBe('accept');
    expect((await judgeOf('sent', ['state-missing']).judge.judge(query('error=e'))).type).toBe('accept');
    expect((await judgeOf('sent', ['iss']).judge.judge(query('code=c'))).type).toBe('ignore');
  });
});

/** A listener that has the answers it is given, one by one, and tells whether somebody still waits. */
function fakeListener(redirectUri = callbackUrl) {
  let deliver: (accepted: AcceptedCallback) => void = () => {};
  const pages: string[] = [];
  const signals: AbortSignal[] = [];
  const listener: CallbackListener = {
    redirectUri,
    addresses: ['127.0.0.1:8378'],
    accepted(signal) {
      signals.push(signal);
      return new Promise((resolve, reject) => {
        deliver = resolve;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    },
    close: async () => {},
  };
  const arrive = (callback: ReceivedCallback) =>
    deliver({ callback, respond: async (text) => void pages.push(text) });
  return { listener, arrive, pages, isWaitedFor: () => signals.some(({ aborted }) => !aborted) };
}

/** A terminal on which lines are typed; `end` is Ctrl-D. */
function fakeTerminal(typed: readonly string[] = [], end: 'open' | 'end' = 'open') {
  const signals: AbortSignal[] = [];
  const terminal = {
    async *lines(signal: AbortSignal) {
      signals.push(signal);
      yield* typed;
      if (end === 'end') return;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    },
  } as Pick<Terminal, 'lines'> as Terminal;
  return { terminal, isReading: () => signals.some(({ aborted }) => !aborted) };
}

/** A terminal at which a person types a line now and then. */
function keyboard() {
  const lines: string[] = [];
  let wake: () => void = () => {};
  const terminal = {
    async *lines(signal: AbortSignal) {
      signal.addEventListener('abort', () => wake());
      while (!signal.aborted) {
        yield* lines.splice(0);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  } as Pick<Terminal, 'lines'> as Terminal;
  const type = async (line: string) => {
    await vi.advanceTimersByTimeAsync(0);
    lines.push(line);
    wake();
    await vi.advanceTimersByTimeAsync(100);
  };
  return { terminal, type };
}

describe('waiting for the answer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function wait(options: Partial<AwaitOptions>, terminal = fakeTerminal().terminal) {
    const cancelled = new AbortController();
    const { judge, events } = judgeOf('sent');
    const answer = awaitAuthorizationResponse(
      { signal: cancelled.signal, terminal },
      {
        acceptsPaste: true,
        timeoutSeconds: 300,
        sentState: 'sent',
        browserWasOpened: () => true,
        hopeless: Promise.resolve(undefined),
        judge,
        ...options,
      },
      (event) => events.push(event),
    );
    answer.catch(() => {});
    return { answer, cancelled, events, judge: options.judge ?? judge };
  }

  it('ends with the browser, which is shown the outcome, and stops reading the terminal', async () => {
    const { listener, arrive, pages, isWaitedFor } = fakeListener();
    const { terminal, isReading } = fakeTerminal();
    const { answer } = wait({ listener }, terminal);
    await vi.advanceTimersByTimeAsync(0);
    expect([isWaitedFor(), isReading()]).toEqual([true, true]);
    arrive(query('code=c&state=sent'));
    const { by, reading, respond } = await answer;
    expect(by).toBe('browser');
    expect(reading).toMatchObject({ type: 'code', code: 'c', stateComparison: 'same' });
    expect(await respond('<p>done</p>')).toBe(true);
    expect(pages).toEqual(['<p>done</p>']);
    expect([isWaitedFor(), isReading()]).toEqual([false, false]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each<[string, ReceivedCallback]>([
    ['a form post', { type: 'form_post', url: callbackUrl, body: 'code=c&state=sent' }],
    ['a fragment', { type: 'fragment', url: callbackUrl, fragment: 'code=c&state=sent' }],
  ])('reads %s', async (_, callback) => {
    const { listener, arrive } = fakeListener();
    const { answer } = wait({ listener, acceptsPaste: false });
    arrive(callback);
    expect((await answer).reading).toMatchObject({ type: 'code', code: 'c', state: 'sent' });
  });

  it('ends with a pasted answer, after whatever was mistyped before', async () => {
    const { listener, isWaitedFor } = fakeListener();
    const { terminal } = fakeTerminal([
      '',
      'two words',
      callbackUrl,
      `${callbackUrl}?code=foreign&state=other`,
      `${callbackUrl}?code=c&state=sent`,
      `${callbackUrl}?code=second&state=sent`,
    ]);
    const { answer, events } = wait({ listener }, terminal);
    const { by, reading, respond } = await answer;
    expect(by).toBe('paste');
    expect(reading).toMatchObject({ type: 'code', code: 'c' });
    expect(await respond('<p>nobody sees this</p>')).toBe(false);
    expect(events).toEqual([
      {
        type: 'remark',
        step: 'authorization',
        text: 'That is not a redirect URL, query string or code. Paste the whole address of the page where the login ends.',
      },
      { type: 'remark', step: 'authorization', text: expect.stringContaining('neither a code nor an error') },
      { type: 'callback_ignored', reason: expect.stringContaining('another login') },
    ]);
    expect(isWaitedFor()).toBe(false);
  });

  it('ends with a bare code, which no state vouches for', async () => {
    const { answer } = wait({}, fakeTerminal(['SplxlOBeZQQYbYS6WxSbIA']).terminal);
    const { by, reading, respond } = await answer;
    expect(by).toBe('bare-code');
    expect(reading).toMatchObject({ type: 'code', code: 'SplxlOBeZQQYbYS6WxSbIA', state: null });
    expect(await respond('')).toBe(false);
  });

  it('reads no terminal when nothing may be asked', async () => {
    const { listener, arrive } = fakeListener();
    const { terminal, isReading } = fakeTerminal(['SplxlOBeZQQYbYS6WxSbIA']);
    const { answer } = wait({ listener, acceptsPaste: false }, terminal);
    await vi.advanceTimersByTimeAsync(1000);
    expect(isReading()).toBe(false);
    arrive(query('error=access_denied&state=sent'));
    expect((await answer).reading).toMatchObject({ type: 'error', error: 'access_denied' });
  });

  it('goes on for the browser when the terminal was closed', async () => {
    const { listener, arrive } = fakeListener();
    const { answer } = wait({ listener }, fakeTerminal([], 'end').terminal);
    await vi.advanceTimersByTimeAsync(1000);
    arrive(query('code=c&state=sent'));
    expect((await answer).by).toBe('browser');
  });

  it('ends at once when the terminal was closed that alone could have brought an answer', async () => {
    const { answer } = wait({}, fakeTerminal(['two words'], 'end').terminal);
    const error = await answer.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LoginRequiredError);
    expect(error).toMatchObject({ exitCode: 4, step: 'authorization' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the reason of the signal, before and during the wait', async () => {
    const { listener, isWaitedFor } = fakeListener();
    const { terminal, isReading } = fakeTerminal();
    const { answer, cancelled } = wait({ listener }, terminal);
    await vi.advanceTimersByTimeAsync(10);
    const reason = new CancelledError('SIGINT');
    cancelled.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect([isWaitedFor(), isReading(), vi.getTimerCount()]).toEqual([false, false, 0]);
    const late = awaitAuthorizationResponse(
      { signal: cancelled.signal, terminal },
      {
        acceptsPaste: true,
        timeoutSeconds: 300,
        sentState: 'sent',
        browserWasOpened: () => true,
        hopeless: Promise.resolve(undefined),
        judge: judgeOf('sent').judge,
      },
      () => {},
    );
    await expect(late).rejects.toBe(reason);
  });

  it('takes the time it was given, and no less', async () => {
    const { listener } = fakeListener();
    const { answer } = wait({ listener, timeoutSeconds: 5 });
    let ended = false;
    answer.catch(() => {
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(4999);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    const error = await answer.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({
      code: 'timeout',
      exitCode: 5,
      step: 'authorization',
      message: 'No answer came to the redirect URI within 5 s.',
      hint: expect.stringMatching(
        /does not know the client_id.*http:\/\/127\.0\.0\.1:8378\/callback is not registered.*--browser-timeout/s,
      ),
    });
  });

  it('points at the slash that the redirect URI ends with', async () => {
    const { listener } = fakeListener('http://127.0.0.1:8378/callback/');
    const { answer } = wait({ listener, timeoutSeconds: 1 });
    const caught = answer.catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await caught).toMatchObject({ hint: expect.stringContaining('(mind the slash at its end)') });
  });

  describe('at a page of the server', () => {
    /** What became of the page: `offered`, `read` while the wait goes on, or `read last`. */
    function pageReader(isError: boolean | Promise<boolean> = true) {
      const told: string[] = [];
      const signals: AbortSignal[] = [];
      const page: PageReader = {
        offerAfterMs: 20_000,
        offer: () => void told.push('offered'),
        async read(signal, waits) {
          told.push(waits ? 'read' : 'read last');
          signals.push(signal);
          return isError;
        },
      };
      return { page, told, isNeeded: () => signals.some(({ aborted }) => !aborted) };
    }

    it('offers after a time to read it, once, and knows it at the end', async () => {
      const { terminal, type } = keyboard();
      const { page, told } = pageReader();
      const { answer } = wait({ listener: fakeListener().listener, timeoutSeconds: 60, page }, terminal);
      await type('');
      await vi.advanceTimersByTimeAsync(19_800);
      expect(told).toEqual([]);
      await vi.advanceTimersByTimeAsync(200);
      expect(told).toEqual(['offered']);
      await type('two words');
      expect(told).toEqual(['offered']);
      await type('');
      await type('');
      expect(told).toEqual(['offered', 'read']);
      await vi.advanceTimersByTimeAsync(60_000);
      await expect(answer).rejects.toMatchObject({
        code: 'timeout',
        message: expect.stringContaining('the server shows an error in the browser'),
        hint: undefined,
      });
      expect(told).toEqual(['offered', 'read']);
    });

    it('takes what is pasted while the page is read, and ends the reading', async () => {
      const { terminal, type } = keyboard();
      const { page, told, isNeeded } = pageReader(new Promise(() => {}));
      const { answer } = wait({ listener: fakeListener().listener, page }, terminal);
      await vi.advanceTimersByTimeAsync(20_000);
      await type('');
      expect([told, isNeeded()]).toEqual([['offered', 'read'], true]);
      await type(`${callbackUrl}?code=c&state=sent`);
      expect((await answer).by).toBe('paste');
      expect([isNeeded(), vi.getTimerCount()]).toEqual([false, 0]);
    });

    it('takes the answer that comes while the page is read at the end', async () => {
      const { listener, arrive } = fakeListener();
      const { page, told } = pageReader(new Promise(() => {}));
      const { answer } = wait({ listener, timeoutSeconds: 1, page: { ...page, offerAfterMs: undefined } });
      await vi.advanceTimersByTimeAsync(1000);
      expect(told).toEqual(['read last']);
      arrive(query('code=c&state=sent'));
      expect((await answer).by).toBe('browser');
    });

    it.each(['before', 'after'])('leaves the key to an error that came %s the offer', async (when) => {
      const { terminal, type } = keyboard();
      const { page, told } = pageReader();
      const { answer, judge } = wait({ listener: fakeListener().listener, page }, terminal);
      if (when === 'after') await vi.advanceTimersByTimeAsync(20_000);
      await judge.judge(query('error=access_denied'));
      await vi.advanceTimersByTimeAsync(20_000);
      await type('');
      expect((await answer).reading).toMatchObject({ type: 'error', error: 'access_denied' });
      expect(told).toEqual(when === 'after' ? ['offered'] : []);
    });

    it('reads none where answers came that had to be ignored', async () => {
      const { page, told } = pageReader();
      const { answer, judge } = wait({ listener: fakeListener().listener, timeoutSeconds: 1, page });
      await judge.judge(query('code=c&state=other'));
      await vi.advanceTimersByTimeAsync(1000);
      await expect(answer).rejects.toBeInstanceOf(ValidationError);
      expect(told).toEqual([]);
    });

    it('does not hide a defect of the reader', async () => {
      const bug = new Error('a defect');
      const page = { ...pageReader().page, read: async () => Promise.reject(bug) };
      const { answer } = wait({ listener: fakeListener().listener, timeoutSeconds: 1, page });
      await vi.advanceTimersByTimeAsync(1000);
      await expect(answer).rejects.toBe(bug);
    });
  });

  it('asks for a paste in time when nothing listens', async () => {
    const { answer } = wait({ timeoutSeconds: 1 });
    await vi.advanceTimersByTimeAsync(1000);
    await expect(answer).rejects.toMatchObject({ code: 'timeout', hint: expect.stringMatching(/^Paste/) });
  });

  it.each([
    ['at the end of the time', { timeoutSeconds: 20 }, 20],
    ['after its own time, where no user can end it', { unconfirmedSeconds: 10 }, 10],
    ['at the end of the time that is shorter', { timeoutSeconds: 5, unconfirmedSeconds: 10 }, 5],
  ])('ends with an unconfirmed error %s', async (_, options, seconds) => {
    const { listener } = fakeListener();
    const { answer, judge, events } = wait({ listener, ...options });
    let ended = false;
    answer.then(() => {
      ended = true;
    });
    await judge.judge(query('error=access_denied'));
    await judge.judge(query('error=server_error'));
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    const { by, reading, respond } = await answer;
    expect([by, reading.type, await respond('')]).toEqual(['browser', 'error', false]);
    expect(reading).toMatchObject({ error: 'access_denied' });
    expect(events.map(({ type }) => type)).toEqual(['callback_ignored', 'callback_ignored']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes a better answer that comes after an unconfirmed error', async () => {
    const { listener, arrive } = fakeListener();
    const { answer, judge } = wait({ listener, unconfirmedSeconds: 10 });
    await judge.judge(query('error=access_denied'));
    await vi.advanceTimersByTimeAsync(9000);
    arrive(query('code=c&state=sent'));
    expect((await answer).reading).toMatchObject({ type: 'code' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with an unconfirmed error when Return is pressed, and not before one has come', async () => {
    const { listener } = fakeListener();
    const keys: (() => void)[] = [];
    const pressed = () => new Promise<void>((resolve) => keys.push(resolve));
    const terminal = {
      async *lines() {
        for (;;) {
          await pressed();
          yield '';
        }
      },
    } as unknown as Terminal;
    const { answer, judge } = wait({ listener }, terminal);
    let ended = false;
    answer.then(() => {
      ended = true;
    });
    const press = async () => {
      await vi.advanceTimersByTimeAsync(0);
      keys.shift()?.();
      await vi.advanceTimersByTimeAsync(0);
    };
    await press();
    expect(ended).toBe(false);
    await judge.judge(query('error=access_denied'));
    await press();
    expect((await answer).reading).toMatchObject({ type: 'error' });
  });

  it('takes an error without state that the user pastes', async () => {
    const { answer } = wait({}, fakeTerminal([`${callbackUrl}?error=access_denied`]).terminal);
    expect(await answer).toMatchObject({ by: 'paste', reading: { type: 'error' } });
  });

  it('tells of the answers that were ignored when no valid one came', async () => {
    const { listener } = fakeListener();
    const { judge } = judgeOf('sent');
    await judge.judge(query('code=secret-code&state=other'));
    await judge.judge(query('code=secret-code&state=other'));
    await judge.judge(query('code=secret-code'));
    const { answer, events } = wait({ listener, timeoutSeconds: 1, judge });
    await vi.advanceTimersByTimeAsync(1000);
    const error = await answer.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({
      check: 'state-mismatch',
      exitCode: 6,
      step: 'authorization',
      message: expect.stringMatching(/within 1 s, but 3 that had to be ignored/),
      hint: expect.stringContaining('older tab'),
    });
    expect(String(error)).not.toContain('secret-code');
    expect(events).toEqual([
      {
        type: 'checks',
        step: 'authorization',
        checks: [
          expect.objectContaining({ id: 'state-mismatch', outcome: 'fail' }),
          expect.objectContaining({ id: 'state-missing', outcome: 'fail' }),
        ],
      },
    ]);
  });
});

const state = 'sent-state';
const redirect = 'http://127.0.0.1:8378/callback';

describe('a pasted answer', () => {
  it.each([
    ['a redirect URL', `${redirect}?code=abc123&state=sent-state`],
    ['a redirect URL on another machine', 'https://client.example.com/cb?code=abc123&state=sent-state'],
    ['a redirect URL with a query of its own', `${redirect}?tenant=a&code=abc123&state=sent-state`],
    ['a redirect URL with a harmless fragment', `${redirect}?code=abc123&state=sent-state#_=_`],
    ['a redirect URL with an empty fragment', `${redirect}?code=abc123&state=sent-state#`],
    ['a private-use URI', 'com.example.app:/cb?code=abc123&state=sent-state'],
    ['a URL with the answer in its fragment', `${redirect}#code=abc123&state=sent-state`],
    [
      'a URL with a query and the answer in its fragment',
      `${redirect}?tenant=a#code=abc123&state=sent-state`,
    ],
    ['a URL whose fragment begins with the state', `${redirect}#state=sent-state&code=abc123`],
    ['a query string', '?code=abc123&state=sent-state'],
    ['a query string without its mark', 'code=abc123&state=sent-state'],
    ['a query string that begins with the state', 'state=sent-state&code=abc123'],
    ['the rest of a query string', '&code=abc123&state=sent-state'],
    ['a fragment', '#code=abc123&state=sent-state'],
    ['an address without its scheme', '127.0.0.1:8378/callback?state=sent-state&code=abc123'],
    ['text in quotes', `"${redirect}?code=abc123&state=sent-state"`],
    ['text in angle brackets', `<${redirect}?code=abc123&state=sent-state>`],
    ['text with white space around it', `\t ${redirect}?code=abc123&state=sent-state \r`],
  ])('is read from %s', (_, line) => {
    expect(readPastedAnswer(line, state)).toMatchObject({
      type: 'answer',
      reading: { type: 'code', code: 'abc123', state: 'sent-state', stateComparison: 'same' },
    });
  });

  it.each([
    `${redirect}?error=access_denied&error_description=No%20thanks&state=sent-state`,
    'error=access_denied&error_description=No+thanks&state=sent-state',
    `${redirect}#error=access_denied&error_description=No%20thanks&state=sent-state`,
  ])('can be an error: %s', (line) => {
    expect(readPastedAnswer(line, state)).toMatchObject({
      type: 'answer',
      reading: { type: 'error', error: 'access_denied', errorDescription: 'No thanks', state: 'sent-state' },
    });
  });

  it('keeps a foreign state, for the checks to see', () => {
    expect(readPastedAnswer(`${redirect}?code=abc123&state=other`, state)).toMatchObject({
      type: 'answer',
      reading: { stateComparison: 'different', sentState: state },
    });
    expect(readPastedAnswer(`${redirect}?code=abc123&state=other`, undefined)).toMatchObject({
      type: 'answer',
      reading: { stateComparison: 'not-sent' },
    });
  });
});

describe('a pasted code', () => {
  it.each([
    'SplxlOBeZQQYbYS6WxSbIA',
    '4/0AX4XfWh-x_y~z',
    'M.C507_BAY.2.U.4a1f-b2c3',
    'base64+/with==',
    '100%-sure',
    'abc:def:ghi',
    'a?b=c-12',
    'key=value',
    'abc123',
  ])('is taken as it is: %s', (code) => {
    expect(readPastedAnswer(code, state)).toMatchObject({
      type: 'bare-code',
      reading: { type: 'code', code },
    });
    for (const wrapped of [` '${code}' `, `“${code}”`, `\`${code}\``, `Code: ${code}`]) {
      expect(readPastedAnswer(wrapped, state)).toMatchObject({ type: 'bare-code', reading: { code } });
    }
  });
});

describe('what is not an answer', () => {
  it.each(['', '   ', '\t', '""'])('is nothing when there is nothing: %j', (line) => {
    expect(readPastedAnswer(line, state)).toEqual({ type: 'nothing' });
  });

  it.each([redirect, `${redirect}?state=sent-state`, '?state=sent-state', '#', '?'])(
    'is told to be without code: %s',
    (line) => {
      expect(readPastedAnswer(line, state)).toEqual({
        type: 'unreadable',
        reason: expect.stringContaining('neither a code nor an error'),
      });
    },
  );

  it.each([
    'https://login.example.com/authorize?response_type=code&client_id=x&state=sent-state',
    'https://login.example.com/authorize?client_id=x&request_uri=urn%3Ax',
  ])('is told from the address where a login begins: %s', (line) => {
    expect(readPastedAnswer(line, state)).toEqual({
      type: 'unreadable',
      reason:
        'That is an address where a login begins. Open it in a browser and sign in. ' +
        'Paste the whole address of the page where the login ends.',
    });
  });

  it.each([
    ['two words', 'That is not a redirect URL, query string or code.'],
    ['schlüssel', 'That is not a redirect URL, query string or code.'],
    ['y', 'That is too short for a code.'],
    ['hello', 'That is too short for a code.'],
    ['sent-state', 'That is the state of this login, not its code.'],
  ])('is not a code: %s', (line, problem) => {
    expect(readPastedAnswer(line, state)).toEqual({
      type: 'unreadable',
      reason: `${problem} Paste the whole address of the page where the login ends.`,
    });
  });
});

describe('whatever is pasted', () => {
  it('never throws, and only an answer has a code', () => {
    const piece = fc.constantFrom(
      'http:',
      '//h',
      '?',
      '#',
      '&',
      '=',
      'code',
      'error',
      'state',
      '%',
      ' ',
      '"',
    );
    const line = fc.oneof(
      fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 12 }).map((all) => all.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(line, (text) => {
        const pasted = readPastedAnswer(text, state);
        if (pasted.type === 'answer') expect(['code', 'error']).toContain(pasted.reading.type);
        if (pasted.type === 'bare-code') expect(pasted.reading.type).toBe('code');
      }),
      { numRuns: inputs(1000) },
    );
  });

  it('finds code and state of any redirect URL, however they are encoded', () => {
    const value = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(value, value, fc.constantFrom('?', '#'), (code, sent, mark) => {
        const parameters = new URLSearchParams({ state: sent, code });
        expect(readPastedAnswer(`${redirect}${mark}${parameters}`, sent)).toMatchObject({
          type: 'answer',
          reading: { type: 'code', code, state: sent, stateComparison: 'same' },
        });
      }),
      { numRuns: inputs(300) },
    );
  });
});
