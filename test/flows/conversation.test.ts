import { describe, expect, it } from 'vitest';
import { checkResult } from '../../src/checks/check-result.ts';
import type { FlowStep, Middleware } from '../../src/client/middleware.ts';
import { stepNames } from '../../src/commands/trace/tell-exchange.ts';
import { CancelledError, NetworkError, ValidationError } from '../../src/errors.ts';
import type { HttpRequest } from '../../src/http-message.ts';
import { changeHeader } from '../../src/protocol/parameters.ts';
import { fakeConversation } from './fake-conversation.ts';

const passed = checkResult('iss', 'pass', 'iss is the issuer.');
const warned = checkResult('pkce', 'warn', 'Without PKCE.');
const skipped = checkResult('iss', 'skipped', 'There is no iss.');
const failed = checkResult('state', 'fail', 'The state is not the one that was sent.', { received: 'x' });
const failedToo = checkResult('id-token-nonce', 'fail', 'The nonce differs.');

const gate = (waived: readonly string[] = []) => fakeConversation({}, { waived: new Set(waived) });

describe('the checks that every step has to pass', () => {
  it('tells all results and lets go on what passed, warns or was skipped', () => {
    const { conversation, events } = gate();
    conversation.requireChecks('authorization', [passed, warned, skipped]);
    expect(events).toEqual([{ type: 'checks', step: 'authorization', checks: [passed, warned, skipped] }]);
  });

  it('tells all results before it stops at the first failure', () => {
    const { conversation, events } = gate();
    let thrown: unknown;
    try {
      conversation.requireChecks('authorization', [passed, failed, failedToo]);
    } catch (error) {
      thrown = error;
    }
    expect(events).toEqual([{ type: 'checks', step: 'authorization', checks: [passed, failed, failedToo] }]);
    expect(conversation.checks).toEqual([passed, failed, failedToo]);
    expect(thrown).toBeInstanceOf(ValidationError);
    expect(thrown).toMatchObject({
      check: 'state',
      exitCode: 6,
      step: 'authorization',
      message: `${failed.title}: The state is not the one that was sent.`,
      hint: expect.stringMatching(
        /Nothing further was sent\..*RFC 6749 §10\.12.*--no-verify state lets it only warn\.$/s,
      ),
    });
  });

  it('offers the issuer that the metadata names, and nothing that is not a URL', () => {
    const { conversation } = gate();
    const fail = (received: string) => () =>
      conversation.requireChecks('discovery', [
        checkResult('metadata-issuer', 'fail', 'It is another.', { received }),
      ]);
    const hint = (text: string) => expect.objectContaining({ hint: expect.stringContaining(text) });
    expect(fail('https://login.example.com/b')).toThrow(
      hint('If that is the server you mean: --issuer https://login.example.com/b. See OIDC Discovery §4.3'),
    );
    expect(fail('https://a.example/$(reboot)')).toThrow(
      hint('Nothing further was sent. See OIDC Discovery §4.3'),
    );
  });

  it('turns a waived failure into a warning that says so', () => {
    const { conversation, events } = gate(['state']);
    conversation.requireChecks('authorization', [failed]);
    expect(events).toEqual([
      {
        type: 'checks',
        step: 'authorization',
        checks: [{ ...failed, outcome: 'warn', detail: `${failed.detail} This failed and was waived.` }],
      },
    ]);
  });

  it('waives nothing else', () => {
    const { conversation } = gate(['state']);
    expect(() => conversation.requireChecks('id_token', [failed, failedToo])).toThrow(/nonce differs/);
  });

  it('changes nothing about a waived check that passed', () => {
    const { conversation, events } = gate(['iss']);
    conversation.requireChecks('authorization', [passed]);
    expect(events).toEqual([{ type: 'checks', step: 'authorization', checks: [passed] }]);
  });
});

describe('sending through the middleware', () => {
  const url = 'https://example.com/token';
  const request: HttpRequest = { method: 'POST', url, headers: [], body: 'a=1' };
  const named =
    (name: string): Middleware =>
    (next) =>
    (outgoing) =>
      next({
        ...outgoing,
        request: changeHeader(outgoing.request, name, `after ${outgoing.request.headers.length}`),
      });

  it('wraps each request, the first one outermost, and asks for approval last', async () => {
    const approved: HttpRequest[] = [];
    const { conversation, requests } = fakeConversation(
      { [url]: { json: {} } },
      {
        middleware: [named('outer'), named('inner')],
        approve: async (step, outgoing) => {
          expect(step).toBe('token');
          approved.push(outgoing);
          return { ...outgoing, body: 'a=2' };
        },
      },
    );
    const exchange = await conversation.send('token', request);
    const headers = [
      ['outer', 'after 0'],
      ['inner', 'after 1'],
    ];
    expect(approved).toEqual([{ ...request, headers }]);
    expect(requests).toEqual([{ ...request, headers, body: 'a=2' }]);
    expect(exchange.request).toEqual(requests[0]);
  });

  it('lets a request be refused before anything is sent or told', async () => {
    const refusal = new ValidationError('insecure-endpoint', 'Not over plain http.');
    const refuse: Middleware = () => () => Promise.reject(refusal);
    const { conversation, requests, events } = fakeConversation({}, { middleware: [refuse] });
    await expect(conversation.send('token', request)).rejects.toBe(refusal);
    expect([requests, events]).toEqual([[], []]);
  });

  it.each(Object.keys(stepNames) as FlowStep[])(
    'sends a request of the step %s over plain http to this machine only',
    async (step) => {
      // What these ask for is public, and asked for without credentials.
      const open = ['discovery', 'keys', 'resource'].includes(step);
      for (const host of [
        'as.test',
        '10.0.0.1',
        'localhost.as.test',
        '0.0.0.0',
        '[::ffff:127.0.0.1]',
        'LOCALHOST',
        '127.1',
        '[::1]',
        'a.localhost',
      ]) {
        const isHere = /^(?:LOCALHOST|127\.1|\[::1\]|a\.localhost)$/.test(host);
        const place = `http://${host}:8080/x?secret`;
        const { conversation, asked } = fakeConversation({ [place]: { json: {} } });
        const sending = conversation.send(step, { ...request, url: place });
        if (open || isHere) await sending;
        else
          await expect(sending).rejects.toMatchObject({
            check: 'insecure-endpoint',
            step,
            message: expect.not.stringContaining('?secret'),
          });
        expect(asked()).toEqual(open || isHere ? [place] : []);
      }
    },
  );

  it('judges the address that the last change of a request gives it, and tells once of a waived one', async () => {
    const place = 'http://as.test/x';
    const approve = async () => ({ ...request, url: place });
    const refusing = fakeConversation({}, { approve });
    await expect(refusing.conversation.send('token', request)).rejects.toMatchObject({
      check: 'insecure-endpoint',
    });
    const waiving = fakeConversation({}, { approve, waived: new Set(['insecure-endpoint']) });
    await waiving.conversation.send('token', request);
    await waiving.conversation.send('token', request);
    expect(waiving.asked()).toEqual([place, place]);
    expect(waiving.conversation.checks).toMatchObject([{ id: 'insecure-endpoint', outcome: 'warn' }]);
  });

  it('tells of each attempt of a request that is sent again', async () => {
    const twice: Middleware = (next) => async (outgoing) => {
      await next(outgoing);
      return next(outgoing);
    };
    const { conversation, events } = fakeConversation({ [url]: { json: {} } }, { middleware: [twice] });
    await conversation.send('token', request);
    expect(events.map(({ type }) => type)).toEqual(['exchange', 'exchange']);
  });

  it('tells the secrets of a response before the exchange', async () => {
    const { conversation, events } = fakeConversation({ [url]: { json: {} } });
    await conversation.send('token', request, { secretsIn: () => [{ kind: 'access_token', value: 'at-1' }] });
    expect(events).toMatchObject([
      { type: 'secret', kind: 'access_token', value: 'at-1' },
      { type: 'exchange', step: 'token', exchange: { request } },
    ]);
  });

  it('names the step in the error of a request without an answer, but not in a cancellation', async () => {
    const lost = new NetworkError('network', 'Nothing accepts connections.');
    const { conversation, events } = fakeConversation({ [url]: lost });
    await expect(conversation.send('token', request)).rejects.toMatchObject({ step: 'token' });
    expect(events).toMatchObject([{ type: 'request-failed', step: 'token', request, error: lost }]);

    const controller = new AbortController();
    const cancelled = new CancelledError('SIGINT');
    controller.abort(cancelled);
    const other = fakeConversation({ [url]: cancelled }, { signal: controller.signal });
    await expect(other.conversation.send('token', request)).rejects.toMatchObject({ step: undefined });
  });
});
