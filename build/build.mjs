// Bundles src into dist: a standalone entry, the program in lazily loaded chunks, and the licences of what is inside.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { bundledPackages, thirdPartyNotices } from './third-party-notices.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const moduleIds = new Set();

async function bundle(input, { output, external = [], define = {} }) {
  const build = await rolldown({
    input: join(root, input),
    cwd: root,
    platform: 'node',
    external: [/^node:/, ...external],
    transform: { target: 'node20.19', define },
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

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

await bundle('src/main.ts', {
  output: { entryFileNames: 'main.cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
});

// The help of the fast path is what the full path prints: one implementation, two doors.
const helpText = execFileSync(process.execPath, [join(dist, 'main.cjs'), '--help'], {
  encoding: 'utf8',
  env: { ...process.env, NODE_OPTIONS: '' },
});

await bundle('src/entry.ts', {
  output: { entryFileNames: 'entry.cjs' },
  external: ['./main.cjs'],
  define: { HELP_TEXT: JSON.stringify(helpText) },
});

// `open` runs this script of its own package on Linux; a bundle cannot carry it inside.
const require = createRequire(import.meta.url);
const xdgOpen = join(dirname(require.resolve('open')), 'xdg-open');
if (existsSync(xdgOpen)) {
  copyFileSync(xdgOpen, join(dist, 'chunks', 'xdg-open'));
  chmodSync(join(dist, 'chunks', 'xdg-open'), 0o755);
}

writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(bundledPackages(moduleIds)));
