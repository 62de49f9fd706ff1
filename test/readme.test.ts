import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CatalogueEntry, catalogue } from '../src/checks/catalogue.ts';
import { commands } from '../src/commands/command-table.ts';
import { exitStatus } from '../src/exit-status.ts';

/** Tables are laid out with spaces, which say nothing. */
const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8').replace(/ +\|/g, ' |');

describe('README', () => {
  it('lists every check and finding of the catalogue, in its order and with its words', () => {
    const rows = readme
      .split('\n')
      .filter((line) => /^\| `[a-z\d-]+` \| [^|]* \| (?:stops|warns|note) \|/.test(line));
    const consequence = ({ stops, severity }: CatalogueEntry) =>
      stops ? 'stops' : severity === 'note' ? 'note' : 'warns';
    expect(rows).toEqual(
      Object.entries<CatalogueEntry>(catalogue).map(
        ([id, entry]) => `| \`${id}\` | ${entry.title} | ${consequence(entry)} | ${entry.spec} |`,
      ),
    );
  });

  it.each(Object.entries(exitStatus))('documents the error code %s', (code) => {
    expect(readme).toContain(`\`${code}\``);
  });

  it.each(commands.map(({ name }) => name))('tells of %s', (name) => {
    expect(readme).toMatch(new RegExp(`\`(?:oauth-code )?${name}\\b|oauth-code ${name}\\b`));
  });
});
