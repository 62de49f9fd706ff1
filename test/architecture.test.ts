import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(__dirname, '..', 'src');

/** What each room may import from. A file directly below src is a room of its own, named after itself. */
const mayImport: Record<string, readonly string[]> = {
  'exit-status': [],
  errors: ['exit-status'],
  'closest-name': [],
  protocol: [],
  checks: ['protocol'],
  output: ['protocol', 'checks', 'errors', 'exit-status'],
  context: ['protocol'],
  flows: ['protocol', 'checks', 'context', 'errors'],
  adapters: ['context', 'errors', 'protocol'],
  storage: ['protocol', 'context', 'errors', 'closest-name'],
  idp: ['context', 'errors', 'protocol', 'closest-name'],
  commands: [
    'protocol',
    'checks',
    'output',
    'flows',
    'storage',
    'idp',
    'context',
    'errors',
    'exit-status',
    'closest-name',
  ],
  program: ['commands', 'output', 'context', 'errors'],
  // The real doors to the outside, for whoever runs a command.
  'system-context': ['adapters', 'context'],
  main: ['program', 'adapters', 'system-context'],
  // A plain refresh, without what reads command lines and settings.
  'quick-refresh': ['commands', 'output', 'storage', 'adapters', 'system-context', 'quick-token'],
  // What `token` prints from a session file before anything else is loaded.
  'quick-token': ['storage', 'adapters'],
  // What `decode` shows of a token when nothing but that is asked for, without the whole program.
  'quick-decode': ['protocol', 'output', 'commands', 'adapters'],
  entry: ['adapters', 'quick-token'],
};

const pure = ['protocol', 'checks', 'output'];
const doors = /^node:(?!crypto$|buffer$|util$|zlib$|url$)/;

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => join(source, file));

const room = (file: string) => (relative(source, file).split(/[\\/]/)[0] ?? '').replace(/\.ts$/, '');

const imports = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );

describe('the rooms of the house', () => {
  it.each(files)('%s imports only from the rooms it may', (file) => {
    const own = room(file);
    const allowed = mayImport[own];
    expect(allowed, `src/${own} is in the table`).toBeDefined();
    const foreign = imports(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => room(join(dirname(file), name)))
      // package.json lies outside the rooms and belongs to all of them.
      .filter((name) => name !== own && name !== '..' && !allowed?.includes(name));
    expect(foreign).toEqual([]);
  });

  it.each(files.filter((file) => pure.includes(room(file))))('%s opens no door to the outside', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(imports(file).filter((name) => doors.test(name))).toEqual([]);
    expect(
      text.match(/\bprocess\.|\bconsole\.|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/g) ?? [],
    ).toEqual([]);
  });

  it('ends the process nowhere but by its natural end', () => {
    const enders = files.filter((file) => /process\.exit\(/.test(readFileSync(file, 'utf8')));
    expect(enders.map((file) => relative(source, file))).toEqual([]);
  });
});
