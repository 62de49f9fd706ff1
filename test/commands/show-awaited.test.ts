import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createJournal } from '../../src/commands/journal.ts';
import { showAwaited } from '../../src/commands/narrate.ts';
import { createOptionReader } from '../../src/settings/option-reader.ts';
import { settleOutput } from '../../src/settings/output-settings.ts';
import { createTestContext } from '../fakes/context.ts';

/** What is shown for what is awaited, `seconds` after it began. */
async function shown(settings: object, env: Record<string, string>, timeoutSeconds?: number, seconds = 0) {
  const { context } = createTestContext({ env });
  const output = { ...settleOutput(createOptionReader(new Command(), [], context)), ...settings };
  let loaded: Promise<(() => string) | undefined> = Promise.resolve(undefined);
  let nowMs = 0;
  const terminal = {
    ...context.terminal,
    showWait(load: () => Promise<(() => string) | undefined>) {
      loaded = load();
      return () => {};
    },
  };
  const event = {
    type: 'awaiting',
    step: 'token',
    url: 'https://a.example/token',
    until: Promise.resolve(),
  } as const;
  const timed = timeoutSeconds === undefined ? event : { ...event, timeoutSeconds };
  const clocked = { ...context, terminal, monotonicMs: () => nowMs };
  showAwaited(timed, { context: clocked, journal: createJournal(), output });
  nowMs = seconds * 1000;
  return (await loaded)?.();
}

describe('what is awaited', () => {
  it('is shown with its host and the seconds, or with the time that is left to the user', async () => {
    expect(await shown({}, {}, undefined, 3)).toBe('Token: waiting for a.example, 3 s');
    expect(await shown({}, {}, 300, 48)).toBe('Waiting for the browser, 4 min 12 s left');
  });

  it.each([
    ['with --quiet', { quiet: true }, {}],
    ['with --step, which asks on that line', { step: true }, {}],
    ['in CI', {}, { CI: 'true' }],
  ])('is not shown %s', async (_, settings, env) => {
    expect(await shown(settings, env)).toBeUndefined();
  });
});
