import { describe, expect, it } from 'vitest';
import { authority } from '../../src/adapters/bind-port.ts';
import { portError } from '../../src/errors/system-failure.ts';

const failure = (code: string, port = 8378, address = '127.0.0.1') => ({
  place: authority(address, port),
  port,
  code,
});

describe('a port that cannot be bound', () => {
  it.each([
    ['linux', 'lsof -i :8378'],
    ['darwin', 'lsof -i :8378'],
    ['win32', 'netstat -ano | findstr :8378'],
  ] as const)('names itself and the way out on %s', (platform, command) => {
    const error = portError([failure('EADDRINUSE')], platform);
    expect(error.exitCode).toBe(2);
    expect(error.step).toBe('listen');
    expect(error.message).toBe('The listener cannot be bound to 127.0.0.1:8378 (address in use).');
    expect(error.hint).toContain(command);
    expect(error.hint).toContain('--port 0');
    expect(error.hint).toContain('--port 8379,8380');
    expect(error.hint).toContain('--redirect-uri');
  });

  it.each([
    ['linux', 'below 1024'],
    ['win32', 'excludedportrange'],
  ] as const)('says why permission is missing on %s', (platform, reason) => {
    const error = portError([failure('EACCES', 80, '::1')], platform);
    expect(error.message).toBe('The listener cannot be bound to [::1]:80 (permission denied).');
    expect(error.hint).toContain(reason);
    expect(error.hint).not.toContain('lsof');
  });

  it('says each reason when several were tried, and passes an unknown one on', () => {
    const error = portError([failure('EACCES', 80), failure('EADDRINUSE'), failure('EPERM', 9000)], 'linux');
    expect(error.message).toBe(
      'The listener cannot be bound; every port was tried: 127.0.0.1:80 (permission denied), ' +
        '127.0.0.1:8378 (address in use), 127.0.0.1:9000 (EPERM).',
    );
  });
});
