import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/** Builds before the first end-to-end test when a source is newer than what was built last. */
export default function buildOnce(): void {
  const built = join(root, 'dist', 'THIRD-PARTY-NOTICES.txt');
  if (existsSync(built) && newestMs(['src', 'build', 'package.json']) < statSync(built).mtimeMs) return;
  execFileSync(process.execPath, [join(root, 'build', 'build.mjs')], { cwd: root, stdio: 'inherit' });
}

function newestMs(places: readonly string[]): number {
  const files = places.flatMap((place) => {
    const path = join(root, place);
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((file) => join(path, file));
  });
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}
