import { existsSync, readFileSync } from 'node:fs';
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

describe('docs/security.md', () => {
  const text = readFileSync(join(__dirname, '..', 'docs', 'security.md'), 'utf8');
  const promises = [...text.matchAll(/^- \*\*(.*)\*\*[\s\S]*?(?=\n(?:- |\n))/gm)].map(
    ([all, name = '']) => [name, all] as const,
  );

  it.each(promises)('names the tests of: %s', (_, promise) => {
    const tests = [...promise.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path);
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((path) => !existsSync(join(__dirname, '..', path)))).toEqual([]);
  });
});
