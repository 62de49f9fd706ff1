import { describe, expect, it } from 'vitest';
import { checkResult } from '../../src/checks/check-result.ts';
import { ValidationError } from '../../src/errors.ts';
import type { FlowEvent } from '../../src/flows/flow-event.ts';
import { createGate } from '../../src/flows/settle-checks.ts';

const passed = checkResult('iss', 'pass', 'iss is the issuer.');
const warned = checkResult('pkce', 'warn', 'Without PKCE.');
const skipped = checkResult('iss', 'skipped', 'There is no iss.');
const failed = checkResult('state', 'fail', 'The state is not the one that was sent.', { received: 'x' });
const failedToo = checkResult('id-token-nonce', 'fail', 'The nonce differs.');

function gate(waived: readonly string[] = []) {
  const events: FlowEvent[] = [];
  const settle = createGate(new Set(waived), (event) => events.push(event));
  return { events, settle };
}

describe('the gate every step passes', () => {
  it('tells all results and lets go on what passed, warns or was skipped', () => {
    const { settle, events } = gate();
    settle('authorization', [passed, warned, skipped]);
    expect(events).toEqual([{ type: 'checks', step: 'authorization', checks: [passed, warned, skipped] }]);
  });

  it('tells all results before it stops at the first failure', () => {
    const { settle, events } = gate();
    let thrown: unknown;
    try {
      settle('authorization', [passed, failed, failedToo]);
    } catch (error) {
      thrown = error;
    }
    expect(events).toEqual([{ type: 'checks', step: 'authorization', checks: [passed, failed, failedToo] }]);
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

  it('offers the issuer that the metadata names, and nothing that is no URL', () => {
    const { settle } = gate();
    const fail = (received: string) => () =>
      settle('discovery', [checkResult('metadata-issuer', 'fail', 'It is another.', { received })]);
    const hint = (text: string) => expect.objectContaining({ hint: expect.stringContaining(text) });
    expect(fail('https://login.example.com/b')).toThrow(
      hint('If that is the server you mean: --issuer https://login.example.com/b. See OIDC Discovery §4.3'),
    );
    expect(fail('https://a.example/$(reboot)')).toThrow(
      hint('Nothing further was sent. See OIDC Discovery §4.3'),
    );
  });

  it('turns a waived failure into a warning that says so', () => {
    const { settle, events } = gate(['state']);
    settle('authorization', [failed]);
    expect(events).toEqual([
      {
        type: 'checks',
        step: 'authorization',
        checks: [{ ...failed, outcome: 'warn', detail: `${failed.detail} This failed and was waived.` }],
      },
    ]);
  });

  it('waives nothing else', () => {
    const { settle } = gate(['state']);
    expect(() => settle('id_token', [failed, failedToo])).toThrow(/nonce differs/);
  });

  it('changes nothing about a waived check that passed', () => {
    const { settle, events } = gate(['iss']);
    settle('authorization', [passed]);
    expect(events).toEqual([{ type: 'checks', step: 'authorization', checks: [passed] }]);
  });
});
