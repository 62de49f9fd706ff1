// Packs the project and installs the tarball into a temporary folder: what is measured is what users get.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

function npm(args, cwd) {
  const cli = process.env.npm_execpath;
  const windows = process.platform === 'win32';
  const result = cli?.endsWith('.js')
    ? spawnSync(process.execPath, [cli, ...args], { cwd, encoding: 'utf8' })
    : spawnSync('npm', args, { cwd, encoding: 'utf8', shell: windows });
  if (result.status !== 0) {
    throw new Error(`npm ${args.join(' ')} failed:\n${result.stdout ?? ''}${result.stderr ?? result.error}`);
  }
}

/**
 * Packs and installs; `build: false` packs what stands in dist/. The caller removes the folder with `remove()`.
 */
export function installPackage({ build = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'oauth-code-bench-'));
  npm(['pack', '--pack-destination', folder, ...(build ? [] : ['--ignore-scripts'])], PROJECT);
  const tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz')),
  );
  const prefix = join(folder, 'installed');
  mkdirSync(prefix);
  writeFileSync(join(prefix, 'package.json'), '{"private":true}\n');
  npm(['install', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=optional', tarball], prefix);
  const installed = join(prefix, 'node_modules', 'oauth-code');
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  return {
    folder,
    prefix,
    manifest,
    bin: join(installed, manifest.bin['oauth-code']),
    tarballBytes: statSync(tarball).size,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
