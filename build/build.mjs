// Bundles src into dist: a standalone entry, the program in lazily loaded chunks, and the licences of what is inside.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { asciiOnly } from './ascii-only.mjs';
import { fileByFamily, packageOf } from './families.mjs';
import { helpFile } from './help-file.mjs';
import { leaveOut } from './leave-out.mjs';
import { requireBuiltins } from './require-builtins.mjs';
import { shortNames } from './short-names.mjs';
import { bundledPackages, thirdPartyNotices } from './third-party-notices.mjs';
import { wasmFiles } from './wasm-files.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// Built beside dist and put in its place whole, so that a program that runs from the old one is not disturbed.
const dist = join(root, `dist-${process.pid}`);
const moduleIds = new Set();

async function bundle(inputs, { output, external = [], ...options }) {
  const build = await rolldown({
    input: [inputs].flat().map((input) => join(root, input)),
    cwd: root,
    platform: 'node',
    // The keychain is a native module that is only there where its installation succeeded.
    external: [/^node:/, '@napi-rs/keyring', ...external],
    // An ES module in place of the main file, which no bundler can follow.
    resolve: { alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' } },
    transform: { target: 'node20.19' },
    plugins: [leaveOut, wasmFiles('chunks'), requireBuiltins, shortNames, asciiOnly],
    checks: { pluginTimings: false },
    onLog(level, log, handle) {
      if (log.code === 'EVAL' || log.code === 'CIRCULAR_DEPENDENCY') return;
      // families.mjs decides which module is in which file, late imports included.
      if (log.code === 'INEFFECTIVE_DYNAMIC_IMPORT') return;
      handle(level, log);
    },
    ...options,
    // A module of Node does nothing by being loaded.
    treeshake: { moduleSideEffects: (id) => !id.startsWith('node:') },
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

await bundle(['src/entry/main.ts', 'src/entry/quick-refresh.ts'], {
  output: {
    entryFileNames: '[name].cjs',
    chunkFileNames: ({ name, moduleIds }) => `chunks/${packageOf(moduleIds) ?? name}.cjs`,
    codeSplitting: {
      groups: [{ name: fileByFamily(join(root, 'src')) }],
      includeDependenciesRecursively: false,
    },
  },
  preserveEntrySignatures: 'allow-extension',
});

// The folder of the chunks is named after their content, so that a program that runs from another build loads none of
// these. A hash in the name of each chunk would do the same, and with every mention of it is 6 kB of the package.
const chunkTexts = readdirSync(join(dist, 'chunks')).map((name) => readFileSync(join(dist, 'chunks', name)));
const id = createHash('sha256').update(Buffer.concat(chunkTexts)).digest('hex').slice(0, 8);
renameSync(join(dist, 'chunks'), join(dist, `chunks-${id}`));
for (const name of ['main.cjs', 'quick-refresh.cjs']) {
  const text = readFileSync(join(dist, name), 'utf8');
  writeFileSync(join(dist, name), text.replaceAll('./chunks/', `./chunks-${id}/`));
}

// The entry prints help from the program's own description: one implementation, two doors.
const say = (...args) =>
  execFileSync(process.execPath, [join(dist, 'main.cjs'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
const tree = JSON.parse(say('__tree'));
writeFileSync(join(dist, 'help.json'), helpFile(tree));

// What editors check settings files with is made from the options the program reads; without white space it is smaller.
const schema = (...args) => JSON.stringify(JSON.parse(say('profile', 'schema', ...args)));
writeFileSync(join(dist, 'config.schema.json'), schema());
writeFileSync(join(dist, 'project.schema.json'), schema('--project'));

for (const name of ['quick-formats', 'quick-help'])
  await bundle(`src/entry/${name}.ts`, { output: { entryFileNames: `${name}.cjs`, keepNames: false } });
await bundle('src/entry/entry.ts', {
  output: { entryFileNames: 'entry.cjs', keepNames: false },
  external: ['./main.cjs', './quick-refresh.cjs', './quick-help.cjs', './quick-formats.cjs'],
});

writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(bundledPackages(moduleIds)));

const place = join(root, 'dist');
const former = `${dist}-former`;
if (existsSync(place)) renameSync(place, former);
renameSync(dist, place);
rmSync(former, { recursive: true, force: true });
