import { describe, expect, it } from 'vitest';
import { isCi } from '../../src/settings/output-settings.ts';

describe('a CI job', () => {
  it.each(['true', '1', 'yes', 'github'])('is one where CI is %j', (CI) => {
    expect(isCi({ CI })).toBe(true);
  });

  it.each([undefined, '', '0', 'false', 'FALSE', 'no', 'off'])('is none where CI is %j', (CI) => {
    expect(isCi({ CI })).toBe(false);
  });
});
