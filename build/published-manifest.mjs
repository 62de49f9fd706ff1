// Has a package.json without the repository's scripts and tools packed: npm warns about each `prepare` it installs, and none of
// them works without the sources. npm packs package.json as it is on the disk, so that it is changed before packing
// (`prepack`) and changed back after it (`postpack`).
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const manifest = 'package.json';
const original = 'package.json.original';

if (process.argv[2] === 'restore') renameSync(original, manifest);
else {
  if (existsSync('src'))
    execFileSync('npm', ['run', '--silent', 'build'], { shell: process.platform === 'win32' });
  const text = readFileSync(manifest, 'utf8');
  const { scripts: _scripts, devDependencies: _tools, ...published } = JSON.parse(text);
  writeFileSync(original, text);
  writeFileSync(manifest, `${JSON.stringify(published, null, 2)}\n`);
}
