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

/** One text with name, version, licence and copyright of each package, and each licence text once. */
export function thirdPartyNotices(folders) {
  const notices = new Map();
  for (const folder of folders) {
    const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
    const whole =
      texts.join('\n\n') || licenceText(license, author?.name ?? author ?? `the authors of ${name}`);
    const text = whole.replace(copyrightLine, '').replace(headings, '').trim();
    // Texts that differ in nothing but their breaks and marks are one.
    const key = text.replace(/[^a-z]+/gi, ' ').toLowerCase();
    const notice = notices.get(key) ?? { packages: [], text };
    const copyright = whole.match(copyrightLine) ?? [];
    notice.packages.push(
      [`${name} ${version} (${license ?? 'no licence named'})`, ...copyright].join('\n  '),
    );
    notices.set(key, notice);
  }
  const heading = 'oauth-code contains code of the packages below, each under its own licence.';
  const parts = [...notices.values()].map(({ packages, text }) => `${packages.join('\n')}\n\n${text}`);
  return `${[heading, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** What differs between packages under one licence: the holders of the copyright, and the heading. */
const copyrightLine = /^Copyright (?:\(c\)|[A-Z][a-z]).*$/gm;
const headings = /^\(?(?:The )?(?:MIT|ISC) Licen[cs]e(?: \(MIT\))?\)?$/gim;

/** For packages that name the MIT licence and forgot its text. */
function licenceText(license, holder) {
  if (license !== 'MIT') throw new Error(`No licence text is known for ${license}.`);
  return mitLicence.replace('HOLDER', holder);
}

const mitLicence = `Copyright (c) HOLDER

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
