import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a secret was found: what it is, and in which form. */
export interface FoundSecret {
  readonly secret: string;
  readonly form: string;
}

/** Finds secrets in a text: raw, URL-encoded, form-encoded, JSON-escaped, and in base64 wherever they begin there. */
export function findSecrets(text: string, secrets: ReadonlyMap<string, string>): FoundSecret[] {
  return [...secrets].flatMap(([secret, value]) =>
    Object.entries(formsOf(value))
      .filter(([, form]) => form !== '' && text.includes(form))
      .map(([form]) => ({ secret, form })),
  );
}

/** The contents of all files below a folder, with their names, as one text. */
export function readAllFiles(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${path}\n${readFileSync(path, 'utf8')}`;
    })
    .join('\n');
}

function formsOf(value: string): Readonly<Record<string, string>> {
  const octets = Buffer.from(value);
  // Behind one, two or no octets; four characters at each end depend on what stands beside the secret.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), octets])
      .toString('base64')
      .slice(4, -4),
  );
  return {
    raw: value,
    'URL-encoded': encodeURIComponent(value),
    'form-encoded': new URLSearchParams([['', value]]).toString().slice(1),
    'JSON-escaped': JSON.stringify(value).slice(1, -1),
    'base64 (0)': base64[0] ?? '',
    'base64 (1)': base64[1] ?? '',
    'base64 (2)': base64[2] ?? '',
    'base64url (0)': toUrl(base64[0] ?? ''),
    'base64url (1)': toUrl(base64[1] ?? ''),
    'base64url (2)': toUrl(base64[2] ?? ''),
    hex: octets.toString('hex'),
  };
}

function toUrl(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
