import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/command-table.ts';
import { runHere } from '../fakes/run-here.ts';

const docs = readdirSync(join(__dirname, '..', '..', 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => name.replaceAll('\\', '/'));
const isCommand = (subject: string) => commands.some(({ name }) => name === subject);

describe('help of a subject', () => {
  it.each(docs)('prints %s, by its path and by its name', async (path) => {
    const byPath = await runHere(['help', `docs/${path}`]);
    expect(byPath).toMatchObject({ status: 0, stderr: '' });
    expect(byPath.stdout).toMatch(/^[A-Z].*\n\n {2}\$ /);
    const name = path.replace(/^.*\/|\.md$/g, '');
    expect(await runHere(['help', isCommand(name) ? `${name}.md` : name])).toEqual(byPath);
  });

  it.each(['login', 'debug', 'decode'])('is that of the command when %s is one', async (name) => {
    expect((await runHere(['help', name])).stdout).toMatch(new RegExp(`^Usage: oauth-code ${name} `));
  });

  it('takes the beginning of a name when there is only one such page', async () => {
    expect(await runHere(['help', 'tokens'])).toEqual(await runHere(['help', 'tokens-and-sessions']));
    expect((await runHere(['help', 'git'])).status).toBe(2);
  });

  it('lists the subjects, and the nearest one, for any other', async () => {
    const run = await runHere(['help', 'gogle']);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    const text = run.stderr.replace(/\s+/g, ' ');
    expect(text).toContain('error: There is no help about gogle.');
    expect(text).toContain('Did you mean "oauth-code help google"?');
    for (const path of docs) {
      const name = path.replace(/^.*\/|\.md$/g, '');
      expect(text).toContain(isCommand(name) ? ` ${name}.md` : ` ${name}`);
    }
    expect((await runHere(['help', 'xxxxxxxxx'])).stderr).toMatch(/^next: Subjects: /m);
  });
});
