// Collects the licence texts of the packages that a bundle was made from.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folders of the packages that the given module files belong to, sorted. */
export function bundledPackages(moduleIds) {
  const folders = new Set();
  for (const id of moduleIds) {
    const match = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id.replace(/^\0/, ''));
    if (match?.[1] && existsSync(join(match[1], 'package.json'))) folders.add(match[1]);
  }
  return [...folders].sort();
}

/** One text with name, version, licence and licence text of each package. */
export function thirdPartyNotices(folders) {
  const notices = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
    return `${name} ${version} (${license ?? 'no licence named'})\n\n${texts.join('\n\n') || 'No licence text is in the package.'}`;
  });
  const heading = 'oauth-code contains code of the packages below, each under its own licence.';
  return `${[heading, ...notices].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
