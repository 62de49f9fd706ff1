import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** Bundles adapters by name into a new folder, as `NAME.cjs`, so that a process of its own can load them. */
export async function bundleAdapters(names: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oauth-code-adapters-'));
  const source = (name: string) => join(__dirname, '..', '..', 'src', 'adapters', `${name}.ts`);
  const bundle = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, source(name)])),
    platform: 'node',
  });
  await bundle.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
  });
  await bundle.close();
  return folder;
}
