import { join } from 'node:path';
import { closestName } from '../closest-name.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { renderPage } from '../output/render-page.ts';
import { own, say } from '../say.ts';

/** The pages below docs; one that has the name of a command is asked for as `login.md`. */
const subjects = [
  ...[
    'login',
    'client-authentication',
    'registration',
    'tokens-and-sessions',
    'api-calls',
    'expectations',
    'ci',
    'profiles',
    'built-in-server',
    'mcp',
  ],
  ...['debug', 'decode', 'traces-and-reports', 'checks', 'json', 'security', 'specifications', 'performance'],
  ...['apple', 'auth0', 'cognito', 'entra', 'github', 'gitlab', 'google', 'keycloak', 'okta'],
  ...['salesforce', 'slack'],
];
const firstProvider = subjects.indexOf('apple');

/** How each page is asked for; `commands` are names that the help knows too. */
export function pageNames(commands: readonly string[]): readonly string[] {
  return subjects.map((subject) => (commands.includes(subject) ? `${subject}.md` : subject));
}

/**
 * Prints the page about a subject, of which the beginning is enough. `commands` are names that the help knows too.
 *
 * @throws UsageError when there is no such page
 */
export async function printPage(
  asked: string,
  commands: readonly string[],
  { terminal, readFile }: Pick<Context, 'terminal' | 'readFile'>,
): Promise<void> {
  const name = asked.toLowerCase().replace(/^(?:docs\/)?(?:providers\/)?|\.md$/g, '');
  const [near, ...others] = subjects.filter((subject) => subject.startsWith(name));
  const found = subjects.includes(name) || others.length > 0 ? name : near;
  const at = subjects.indexOf(found ?? name);
  if (at < 0) {
    const all = pageNames(commands);
    const meant = closestName(name, [...all, ...commands]);
    const list = own(`Subjects: ${all.join(', ')}; every command, and exit-codes.`);
    throw new UsageError(say`There is no help about ${asked}.`, {
      hint: meant === undefined ? list : say`Did you mean "oauth-code help ${own(meant)}"? ${list}`,
    });
  }
  // The folder is as far from this file as from its place in the build.
  const folder = join(__dirname, '..', '..', 'docs', at < firstProvider ? '' : 'providers');
  terminal.stdout.write(renderPage(await readFile(join(folder, `${found}.md`)), terminal.stdout));
}
