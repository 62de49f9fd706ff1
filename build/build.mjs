// Bundles src into dist: a standalone entry, the program in lazily loaded chunks, and the licences of what is inside.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { leaveOut } from './leave-out.mjs';
import { bundledPackages, thirdPartyNotices } from './third-party-notices.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// Built beside what is there and put in its place whole, so that whoever runs the old one is not disturbed.
const dist = join(root, `dist-${process.pid}`);
const moduleIds = new Set();

async function bundle(input, { output, external = [] }) {
  const build = await rolldown({
    input: join(root, input),
    cwd: root,
    platform: 'node',
    // The keychain is a native module that is only there where its installation succeeded.
    external: [/^node:/, '@napi-rs/keyring', ...external],
    // What the package names as its main file loads the others in a way that no bundler can follow.
    resolve: { alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' } },
    transform: { target: 'node20.19' },
    plugins: [leaveOut],
    checks: { pluginTimings: false },
    onLog(level, log, handle) {
      if (log.code === 'EVAL' || log.code === 'CIRCULAR_DEPENDENCY') return;
      handle(level, log);
    },
    treeshake: true,
  });
  // oidc-provider uses the names of its classes as keys, so that they have to survive.
  const { output: chunks } = await build.write({
    dir: dist,
    format: 'cjs',
    minify: true,
    keepNames: true,
    ...output,
  });
  await build.close();
  for (const chunk of chunks) for (const id of chunk.moduleIds ?? []) moduleIds.add(id);
}

mkdirSync(dist, { recursive: true });
process.on('exit', () => rmSync(dist, { recursive: true, force: true }));

await bundle('src/main.ts', {
  output: { entryFileNames: 'main.cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
  // Native code, installed beside us where the system has it.
  external: ['@napi-rs/keyring'],
});

// The help of the fast door is what the whole program prints: one implementation, two doors.
const help = (...args) =>
  execFileSync(process.execPath, [join(dist, 'main.cjs'), ...args, '--help'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
mkdirSync(join(dist, 'help'));
const rootHelp = help();
writeFileSync(join(dist, 'help', 'oauth-code.txt'), rootHelp);
const [, commands = ''] = /\nCommands:\n([\s\S]*?)\n\n/.exec(rootHelp) ?? [];
for (const [, name] of commands.matchAll(/^ {2}([a-z-]+) /gm)) {
  writeFileSync(join(dist, 'help', `${name}.txt`), help(name));
}

await bundle('src/entry.ts', { output: { entryFileNames: 'entry.cjs' }, external: ['./main.cjs'] });

// `open` runs this script of its own package on Linux; a bundle cannot carry it inside.
const require = createRequire(import.meta.url);
const xdgOpen = join(dirname(require.resolve('open')), 'xdg-open');
if (existsSync(xdgOpen)) {
  copyFileSync(xdgOpen, join(dist, 'chunks', 'xdg-open'));
  chmodSync(join(dist, 'chunks', 'xdg-open'), 0o755);
}

writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(bundledPackages(moduleIds)));

const place = join(root, 'dist');
const former = `${dist}-former`;
if (existsSync(place)) renameSync(place, former);
renameSync(dist, place);
rmSync(former, { recursive: true, force: true });
