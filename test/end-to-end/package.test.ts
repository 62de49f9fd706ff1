import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json';
import type { LoginDocument } from '../../src/output/documents.ts';
import { pages } from '../documentation.ts';
import { runCli } from './cli.ts';

const { version } = manifest;
/** Used where they are there; never bundled. */
const optional = Object.keys('optionalDependencies' in manifest ? (manifest.optionalDependencies ?? {}) : {});
const root = join(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-package-'));
/** A copy without sources, so that packing changes nothing that other tests read and builds nothing. */
const repository = join(folder, 'repository');
const installed = join(folder, 'elsewhere', 'node_modules', 'oauth-code');

/** This Node and the binaries that OAUTH_CODE_TEST_NODES lists, separated as in PATH. */
const nodes = [process.execPath, ...(process.env.OAUTH_CODE_TEST_NODES ?? '').split(delimiter)].filter(
  (node) => node !== '',
);

interface PackOutput {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
  /** In octets. */
  readonly size: number;
}

let packed: string[];
let packedSize: number;

function npm(...args: readonly string[]): string {
  const shell = process.platform === 'win32';
  return execFileSync('npm', [...args, '--cache', join(folder, 'empty-cache')], {
    cwd: repository,
    encoding: 'utf8',
    shell,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

beforeAll(() => {
  for (const entry of readdirSync(root)) {
    if (/^(?:src|test|bench|coverage|dist-.*|node_modules|\..*|.*\.tgz)$/.test(entry)) continue;
    cpSync(join(root, entry), join(repository, entry), { recursive: true });
  }
  const output = npm('pack', '--silent', '--json', '--pack-destination', folder);
  const [{ filename, files, size }] = JSON.parse(output) as [PackOutput];
  packedSize = size;
  packed = files.map(({ path }) => path);
  const prefix = join(folder, 'elsewhere');
  mkdirSync(prefix);
  npm('install', '--offline', '--no-audit', '--no-fund', '--prefix', prefix, join(folder, filename));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the package', () => {
  it('holds the program, its licences and its descriptions, and nothing else', () => {
    const others = packed.filter((path) => !/^dist\/|^docs\/.*\.md$/.test(path));
    const allowed = ['LICENSE', 'README.md', 'CHANGELOG.md', 'bin/oauth-code.js', 'package.json'];
    expect(others.sort()).toEqual(allowed.sort());
    const manual = pages.map(({ path }) => path);
    expect(packed).toEqual(expect.arrayContaining(manual));
    const built = packed.filter((path) => path.startsWith('dist/'));
    expect(built).toEqual(
      expect.arrayContaining(['dist/entry.cjs', 'dist/main.cjs', 'dist/THIRD-PARTY-NOTICES.txt']),
    );
    expect(built.filter((path) => !/\.(?:cjs|txt|json|wasm)$/.test(path))).toEqual([]);
  });

  it('has none of the scripts of the repository, which keeps its own', () => {
    const manifestIn = (place: string) => JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
    expect(manifestIn(installed)).not.toHaveProperty('scripts');
    expect(manifestIn(repository)).toEqual(manifest);
  });

  it('is smaller than 756 kB', () => {
    expect(packedSize).toBeLessThanOrEqual(756_000);
  });

  it('brings nothing along: it depends on no other package', () => {
    const { dependencies = {}, version: own } = JSON.parse(
      readFileSync(join(installed, 'package.json'), 'utf8'),
    ) as { dependencies?: object; version: string };
    expect({ dependencies, own }).toEqual({ dependencies: {}, own: version });
    const beside = readdirSync(join(installed, '..')).filter((name) => !name.startsWith('.'));
    expect(beside).toEqual(['oauth-code']);
  });

  it('names every package it is made from, with its licence', () => {
    const [heading = '', ...notices] = readFileSync(join(installed, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8')
      .split(`${'-'.repeat(80)}\n`)
      .map((notice) => notice.trim());
    expect(heading).toContain('code of the packages below');
    const named = notices.flatMap((notice) =>
      [...notice.matchAll(/^(\S+) \d+\.\d+\.\d+\S* \(([^)]+)\)$/gm)].map(([, ...parts]) => parts),
    );
    expect(
      named.filter(([, licence]) => !/^(?:MIT|ISC|Apache-2\.0|BlueOak-1\.0\.0|0BSD)$/.test(licence ?? '')),
    ).toEqual([]);
    const names = named.map(([name]) => name);
    for (const imported of importedPackages()) expect(names).toContain(imported);
    const texts = notices.map((notice) => notice.split('\n\n').slice(1).join('\n\n'));
    expect(
      texts.filter((text) => text.length < 500 || !/without\s+restriction|with or without fee/.test(text)),
    ).toEqual([]);
  });

  it('can be found under its name in the folder of programs', () => {
    const programs = readdirSync(join(installed, '..', '.bin'));
    expect(programs).toContain('oauth-code');
  });
});

describe.each(nodes)('installed elsewhere, with %s', (node) => {
  const bin = join(installed, 'bin', 'oauth-code.js');

  it('tells its version', async () => {
    expect(await runCli(['--version'], { node, bin })).toEqual({
      status: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it('shows the help of login', async () => {
    const { status, stdout, stderr } = await runCli(['login', '--help'], { node, bin });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('--issuer <url>');
  });

  it('prints its manual', async () => {
    const { status, stdout, stderr } = await runCli(['help', 'ci'], { node, bin });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^A token in CI\n/);
  });

  it('runs the demo without a word beyond its own', async () => {
    const { status, stdout, stderr } = await runCli(['demo', '--headless', '--port', '0', '--json'], {
      node,
      bin,
    });
    expect({ status, warnings: /warning|deprecat|unsupported runtime/i.exec(stderr)?.[0] }).toEqual({
      status: 0,
    });
    const { checks, userinfo }: LoginDocument = JSON.parse(stdout);
    expect(checks.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(userinfo?.sub).toBe('alice');
  });
});

/** The packages that a source file imports at run time. */
function importedPackages(): ReadonlySet<string> {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const texts = sources
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => readFileSync(join(root, 'src', file), 'utf8'));
  const specifiers = texts.flatMap((text) =>
    [...text.matchAll(/(?:^import (?!type )[^;]*? from |import\()'([^']+)'/gms)].map(([, name = '']) => name),
  );
  const packages = specifiers.filter((name) => !/^(?:\.|node:)/.test(name) && !optional.includes(name));
  return new Set(
    packages.map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    ),
  );
}
