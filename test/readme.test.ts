import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../src/checks/catalogue.ts';
import { commands } from '../src/commands/command-table.ts';
import { exitStatus } from '../src/exit-status.ts';
import { providerNamed, providers } from '../src/providers/find-provider.ts';
import { checksPage, pageOf, pages, providerPage } from './documentation.ts';
import { runHere } from './fakes/run-here.ts';

const root = join(__dirname, '..');
const readme = pageOf('README.md');
const file = (path: string) => join(root, path);

describe('README', () => {
  it('is at most 14 kB', () => {
    expect(readme.length).toBeLessThanOrEqual(14_000);
  });

  it.each(Object.entries(exitStatus))('documents the error code %s', (code, status) => {
    const row = readme.split('\n').find((line) => line.includes(`\`${code}\``));
    expect(row).toMatch(new RegExp(`^\\|[^|]*\\b${status}\\b`));
  });

  it.each(commands.map(({ name }) => name))('tells of %s', (name) => {
    expect(readme).toMatch(new RegExp(`^\\| [^|]*\`${name}\``, 'm'));
  });

  it('links every page', () => {
    const missing = pages.filter(({ path }) => path !== 'README.md' && !readme.includes(`](${path})`));
    expect(missing.map(({ path }) => path)).toEqual([]);
  });
});

describe('the pages', () => {
  it('has the checks and findings of the catalogue', async () => {
    await expect(checksPage(catalogue)).toMatchFileSnapshot(file('docs/checks.md'));
  });

  it.each(pages.filter(({ path }) => path.startsWith('docs/providers/')))(
    'have in $path what src/providers knows',
    async ({ path, text }) => {
      const provider = providerNamed(posix.basename(path, '.md'));
      if (provider === undefined) throw new Error(`No provider is named as ${path}`);
      await expect(providerPage(text, provider)).toMatchFileSnapshot(file(path));
    },
  );

  it('count the providers', () => {
    expect(pageOf('docs/profiles.md')).toContain(`For ${providers.length} providers`);
  });

  it.each(pages.filter(({ path }) => path !== 'README.md'))(
    'open with an example that is run: $path',
    ({ text }) => {
      expect(text).toMatch(/^# .+\n\n```console\n\$ /);
    },
  );

  it.each(pages)('lead somewhere with each link of $path', ({ path, text }) => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => !/^https:/.test(link) && !leadsSomewhere(path, link));
    expect(broken).toEqual([]);
  });

  it('tell of every option', async () => {
    const tree = (await runHere(['__tree'])).stdout;
    const flags = [...tree.matchAll(/"flags":"([^"]+)"/g)].map(
      ([, all = '']) => all.match(/--?[a-z-]+/gi) ?? [],
    );
    const all = pages.map(({ text }) => text).join('\n');
    const untold = flags.filter(
      (names) => !names.some((name) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(all)),
    );
    expect(untold).toEqual([]);
  });

  it('name only options that there are', async () => {
    const tree = (await runHere(['__tree'])).stdout;
    const unknown = pages.flatMap(({ path, text }) =>
      [
        ...text
          .replace(/^.*\b(?:kubectl|git|npm|npx) .*$(?:\n {2,}--.*$)*/gm, '')
          .matchAll(/(?<![\w-])--[a-z][a-z-]+/g),
      ]
        .map(([option]) => option)
        .filter((option) => !foreignOptions.includes(option) && !new RegExp(`${option}[ ",]`).test(tree))
        .map((option) => `${path}: ${option}`),
    );
    expect(unknown).toEqual([]);
  });
});

/** Options of every command, of curl and oauth2c. */
const foreignOptions = ['--help', '--version', '--trace-ascii', '--insecure', '--scopes'];

function leadsSomewhere(from: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : posix.join(posix.dirname(from), path);
  if (anchor === undefined) return existsSync(file(target));
  const headings = [...pageOf(target).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title);
  return headings.some((title) => slugOf(title) === anchor);
}

/** The anchor that GitHub gives a heading. */
function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

describe('docs/security.md', () => {
  const promises = [...pageOf('docs/security.md').matchAll(/^- \*\*(.*)\*\*[\s\S]*?(?=\n(?:- |\n))/gm)].map(
    ([all, name = '']) => [name, all] as const,
  );

  it.each(promises)('names the tests of: %s', (_, promise) => {
    const tests = [...promise.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path);
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((path) => !existsSync(file(path)))).toEqual([]);
  });
});
