import { describe, expect, it } from 'vitest';
import { describeLaunch } from '../../../src/commands/login/narrate-browser.ts';

const at = (uri: string, anyPort = false) => ({ uri, anyPort });
const callback = at('http://127.0.0.1:8378/callback');

describe('what is said of the browser', () => {
  it.each([
    {
      launch: { type: 'failed', command: 'nosuch', reason: 'no such program was found' } as const,
      mark: 'warn',
      text: 'not opened: nosuch: no such program was found',
    },
    {
      launch: { type: 'not-launched', obstacle: 'no-display' } as const,
      mark: 'warn',
      text: 'not opened: there is no display here',
    },
  ])('$text', ({ launch, mark, text }) => {
    expect(describeLaunch(launch, callback, {})).toEqual({ step: { mark, name: 'Browser', text }, cure: [] });
  });

  it.each([
    ['no browser was needed', { type: 'played' }],
    ['one runs, which was said when it started', { type: 'opened', command: 'firefox' }],
  ] as const)('is nothing when %s', (_, launch) => {
    expect(describeLaunch(launch, callback, {})).toEqual({ cure: [] });
  });
});

describe('the way in over SSH', () => {
  const launch = { type: 'not-launched', obstacle: 'ssh' } as const;
  const env = { SSH_CONNECTION: '192.0.2.7 52144 198.51.100.9 22', USER: 'ada' };

  it.each([
    { listening: callback, line: 'ssh -L 8378:127.0.0.1:8378 ada@198.51.100.9' },
    {
      listening: at('http://127.0.0.1:40123/callback', true),
      line: 'ssh -L 40123:127.0.0.1:40123 ada@198.51.100.9',
    },
    { listening: at('http://[::1]:9/cb'), line: 'ssh -L 9:[::1]:9 ada@198.51.100.9' },
    { listening: at('https://localhost/cb'), line: 'ssh -L 443:127.0.0.1:443 ada@198.51.100.9' },
  ])('is $line', ({ listening, line }) => {
    expect(describeLaunch(launch, listening, env).cure.at(-1)).toBe(line);
  });

  it('names what it does not know by a placeholder', () => {
    expect(describeLaunch(launch, callback, {}).cure.at(-1)).toBe('ssh -L 8378:127.0.0.1:8378 THIS-HOST');
  });
});

describe('the way into a container', () => {
  const launch = { type: 'not-launched', obstacle: 'container' } as const;

  it.each([
    {
      listening: at('http://localhost:9000/cb'),
      line: '--listen 0.0.0.0:9000',
    },
    {
      listening: at('http://127.0.0.1:40123/callback', true),
      line: '--listen 0.0.0.0:8378 --port 8378',
    },
  ])('is $line', ({ listening, line }) => {
    expect(describeLaunch(launch, listening, {}).cure.at(-1)).toBe(line);
  });
});

describe('the way in', () => {
  it.each(['ssh', 'container'] as const)('is not told in %s when nothing listens', (obstacle) => {
    expect(describeLaunch({ type: 'not-launched', obstacle }, undefined, {}).cure).toEqual([]);
  });
});
