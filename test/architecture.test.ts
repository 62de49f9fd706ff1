import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(__dirname, '..', 'src');

/** The rooms, ground floor first: a room imports from the rooms above it in this list, never from below. */
const rooms = [
  'exit-status',
  'say',
  'errors',
  'closest-name',
  'http-message',
  'context',
  'json',
  'providers',
  'jose',
  'protocol',
  'recording',
  'checks',
  'diagnosis',
  'client',
  'flows',
  'adapters',
  'storage',
  'sessions',
  'output',
  'settings',
  'idp',
  'commands',
  'entry',
];

/** Rooms that know less than their place in the list allows. */
const knowsOnly: Readonly<Record<string, readonly string[]>> = {
  'exit-status': [],
  say: [],
  errors: ['exit-status', 'say'],
  'closest-name': [],
  'http-message': [],
  context: ['http-message'],
  adapters: ['context', 'say', 'errors', 'http-message', 'protocol'],
};

/** Imports that still run the wrong way, as `room > room`; the list only ever gets shorter. */
const notYet: readonly string[] = [];

const pure = ['json', 'providers', 'jose', 'protocol', 'recording', 'checks', 'diagnosis', 'output'];
const doors = /^node:(?!crypto$|buffer$|util$|zlib$|url$)/;

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => join(source, file));

const room = (file: string) => (relative(source, file).split(/[\\/]/)[0] ?? '').replace(/\.ts$/, '');

const imports = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );

/** Groups of files each of which can be reached from each other one along imports, those of types too. */
function findCircles(): string[][] {
  const targets = new Map(
    files.map((file) => [
      file,
      imports(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => join(dirname(file), name)),
    ]),
  );
  const reachableFrom = (start: string) => {
    const reached = new Set<string>();
    const open = [start];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      for (const target of targets.get(file) ?? []) if (!reached.has(target)) open.push(target);
      for (const target of targets.get(file) ?? []) reached.add(target);
    }
    return reached;
  };
  const reachable = new Map(files.map((file) => [file, reachableFrom(file)]));
  const circular = files.filter((file) => reachable.get(file)?.has(file));
  const circles = circular.map((file) =>
    circular.filter((other) => reachable.get(file)?.has(other) && reachable.get(other)?.has(file)),
  );
  return circles
    .filter(([first], index) => circles.findIndex(([other]) => other === first) === index)
    .map((circle) => circle.map((file) => relative(source, file).replace(/\\/g, '/').replace(/\.ts$/, '')));
}

describe('the rooms of the house', () => {
  it.each(files)('%s imports only from the rooms it may', (file) => {
    const own = room(file);
    expect(rooms, `src/${own} is in the list`).toContain(own);
    const allowed = knowsOnly[own] ?? rooms.slice(0, rooms.indexOf(own));
    const foreign = imports(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => room(join(dirname(file), name)))
      // package.json lies outside the rooms and belongs to all of them.
      .filter((name) => name !== own && name !== '..' && !allowed.includes(name))
      .filter((name) => !notYet.includes(`${own} > ${name}`));
    expect(foreign).toEqual([]);
  });

  it.each(files.filter((file) => pure.includes(room(file))))('%s opens no door to the outside', (file) => {
    const text = readFileSync(file, 'utf8');
    expect(imports(file).filter((name) => doors.test(name))).toEqual([]);
    expect(
      text.match(/\bprocess\.|\bconsole\.\w|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/g) ?? [],
    ).toEqual([]);
  });

  it.each(files.filter((file) => /^(?:diagnosis|providers)$/.test(room(file))))(
    '%s puts nothing into a sentence but by say',
    (file) => {
      // The type of a sentence takes any template that ends like one, and cannot see what is put into it.
      const sentences = /(?<=[\s([:?])(?<!own\(\s*)`(?!\$\{string\})[^`]*\$\{[^`]*\.`/g;
      expect(readFileSync(file, 'utf8').match(sentences) ?? []).toEqual([]);
    },
  );

  it.each(files.filter((file) => /^(?:checks|diagnosis|flows)$/.test(room(file))))(
    '%s compares values with words of ours only by say or own',
    (file) => {
      const bare =
        /\b(?:(?:expected|received): (?:[^()`',}\n]|own\((?:'[^']*'|[^()']*)\)|say`[^`]*`)*|(?:comparedWith|contradiction)\((?:[^()`']|own\((?:'[^']*'|[^()']*)\)|say`[^`]*`)*)(?<!say)[`']/g;
      expect(readFileSync(file, 'utf8').match(bare) ?? []).toEqual([]);
    },
  );

  it('hold no files that import each other in a circle', () => {
    expect(findCircles()).toEqual([]);
  });

  it.each(files.filter((file) => !['settings', 'commands', 'entry'].includes(room(file))))(
    '%s knows nothing of commander',
    (file) => {
      expect(imports(file)).not.toContain('commander');
    },
  );

  it('sends requests from a conversation alone, which judges where each one goes', () => {
    const senders = files.filter(
      (file) => room(file) !== 'idp' && /\bhttp\.send\(/.test(readFileSync(file, 'utf8')),
    );
    expect(senders.map((file) => relative(source, file).replace(/\\/g, '/'))).toEqual([
      'flows/conversation.ts',
    ]);
  });

  it('asks by parseUrl alone whether a text is a URL', () => {
    const askers = files.filter((file) => /URL\.canParse\(/.test(readFileSync(file, 'utf8')));
    expect(askers.map((file) => relative(source, file))).toEqual([]);
  });

  it('ends the process nowhere but by its natural end', () => {
    const enders = files.filter((file) => /process\.exit\(/.test(readFileSync(file, 'utf8')));
    expect(enders.map((file) => relative(source, file))).toEqual([]);
  });
});
