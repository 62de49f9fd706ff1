import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogueEntry } from '../src/checks/catalogue.ts';
import { loopbackText, renderProviderHint } from '../src/output/render-server-offer.ts';
import { plainLooks } from '../src/output/view.ts';
import type { Provider } from '../src/providers/provider.ts';

const root = join(__dirname, '..');

/** A page of the manual, or README. */
export interface Page {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** README and every page below docs. */
export const pages: readonly Page[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .sort(),
].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** The page of this path. */
export function pageOf(path: string): string {
  return pages.find((page) => page.path === path)?.text ?? '';
}

/** The page about checks and findings, from their catalogue. */
export function checksPage(catalogue: Readonly<Record<string, CatalogueEntry>>): string {
  const entries = Object.entries(catalogue);
  const firstFinding = entries.findIndex(([id]) => id === 'body-form-encoded');
  const rows = (some: typeof entries) =>
    some.map(([id, entry]) => `| \`${id}\` | ${entry.title} | ${consequence(entry)} | ${entry.spec} |`);
  return [
    '# Checks and findings',
    '',
    '```console',
    '$ oauth-code login --issuer https://login.example.com --client-id my-app --no-verify id-token-iat --json > result.json',
    '…',
    `$ node -p 'require("./result.json").checks.find(({ id }) => id === "state").outcome'`,
    'pass',
    '```',
    '',
    'A subject that is in order is listed under the id of its check. A deviation in a response is listed under the id of the',
    'finding that names it. Ids are never renamed.',
    '',
    '`stops` means: a failure ends the flow before the next request, with exit status 6, unless `--no-verify ID` turns it',
    'into a warning. `warns` breaks a specification and ends nothing. `note` is legal, yet worth knowing.',
    '',
    '## Checks of metadata, keys, answers and tokens',
    '',
    '| id | subject | when it fails | specification |',
    '| --- | --- | --- | --- |',
    ...rows(entries.slice(0, firstFinding)),
    '',
    '## Findings in responses',
    '',
    '| id | subject | severity | specification |',
    '| --- | --- | --- | --- |',
    ...rows(entries.slice(firstFinding)),
    '',
    '<!-- Written by `npm run pages` from src/checks/catalogue.ts. -->',
    '',
  ].join('\n');
}

function consequence({ stops, severity }: CatalogueEntry): string {
  return stops ? 'stops' : severity === 'note' ? 'note' : 'warns';
}

/** A page about a provider in which the known facts and the causes of its errors are those of the code. */
export function providerPage(text: string, provider: Provider): string {
  const facts = [loopbackText(provider), ...hintsOf(provider)].filter((fact) => fact !== undefined);
  const known = `<!-- known -->\n\n${facts.map((fact) => `- ${fact}\n`).join('')}\n<!-- /known -->`;
  return text
    .replace(/<!-- known -->[\s\S]*<!-- \/known -->/, known)
    .replace(/^\| `([^`]+)` *\|.*$/gm, (_, said: string) => {
      const { cause, try: fix } = errorNamed(provider, said);
      return `| \`${said}\` | ${cause} | ${fix} |`;
    });
}

/** The sentences that `init` shows about a provider. */
function hintsOf(provider: Provider): string[] {
  return renderProviderHint(provider, { ...plainLooks, columns: 1000 })
    .split(/\n {2}\S /)
    .slice(1)
    .map((paragraph) => paragraph.replace(/\s+/g, ' ').trim());
}

function errorNamed({ name, errors = {} }: Provider, said: string) {
  const known = Object.values(errors)
    .flatMap((texts) => Object.entries(texts))
    .find(([alternatives]) => alternatives.split('|').includes(said))?.[1];
  if (known === undefined) throw new Error(`${name} has no error ${said} in src/providers`);
  const meanings = [known].flat();
  return {
    cause: meanings
      .map(({ code, cause }) => (code === undefined ? cause : `\`${code}\`: ${cause}`))
      .join(' '),
    try: [...new Set(meanings.map((meaning) => meaning.try))].join(' '),
  };
}
