import { expect, it } from 'vitest';
import { exitStatus } from '../src/exit-status.ts';

it('has for each error code the exit status that scripts depend on', () => {
  expect(exitStatus).toMatchObject({
    bug: 1,
    usage: 2,
    config: 2,
    authorization_error: 3,
    token_error: 3,
    endpoint_error: 3,
    login_required: 4,
    network: 5,
    tls: 5,
    timeout: 5,
    invalid_response: 6,
    validation_failed: 6,
    findings: 7,
    expectation_failed: 7,
    cancelled: 130,
  });
});
