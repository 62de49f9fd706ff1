import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../src/checks/catalogue.ts';
import { commands } from '../src/commands/command-table.ts';
import { exitStatus } from '../src/exit-status.ts';

/** Tables are laid out with spaces, which say nothing. */
const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8').replace(/ +\|/g, ' |');

describe('README', () => {
  it.each(Object.entries(catalogue))('documents the check or finding %s', (id, { title, spec }) => {
    expect(readme).toContain(`| \`${id}\` | ${title} |`);
    expect(readme).toContain(spec);
  });

  it.each(Object.entries(exitStatus))('documents the error code %s', (code) => {
    expect(readme).toContain(`\`${code}\``);
  });

  it.each(commands.map(({ name }) => name))('tells of %s', (name) => {
    expect(readme).toMatch(new RegExp(`\`(?:oauth-code )?${name}\\b|oauth-code ${name}\\b`));
  });
});
