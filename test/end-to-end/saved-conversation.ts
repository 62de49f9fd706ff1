import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugDocument } from '../../src/output/documents.ts';
import { runCli } from './cli.ts';

interface SavedEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: object;
  readonly response: object;
}

/** Sends requests as some other client would and keeps them as the HAR of a proxy does. */
export interface SavedConversation {
  /** Keeps a visit that a browser made, with the URL it was sent to at its end. */
  keepVisit(url: string, location: string): void;
  /** Sends a request, follows no redirect, and keeps the exchange. */
  send(url: string, init?: RequestInit): Promise<{ readonly status: number; readonly body: string }>;
  readonly entries: readonly SavedEntry[];
}

/** Makes an empty conversation. */
export function startConversation(): SavedConversation {
  const entries: SavedEntry[] = [];
  const fields = (headers: Headers) => [...headers].map(([name, value]) => ({ name, value }));
  return {
    entries,
    keepVisit(url, location) {
      entries.push({
        startedDateTime: new Date().toISOString(),
        time: 1,
        request: { method: 'GET', url, headers: [{ name: ':authority', value: new URL(url).host }] },
        response: { status: 303, headers: [{ name: 'location', value: location }], content: { size: 0 } },
      });
    },
    async send(url, init = {}) {
      const request = new Request(url, { ...init, redirect: 'manual' });
      const text = typeof init.body === 'string' ? init.body : undefined;
      const startedAt = Date.now();
      const response = await fetch(request);
      const body = await response.text();
      entries.push({
        startedDateTime: new Date(startedAt).toISOString(),
        time: Date.now() - startedAt,
        request: {
          method: request.method,
          url,
          headers: fields(request.headers),
          ...(text === undefined
            ? {}
            : { postData: { mimeType: request.headers.get('content-type') ?? '', text } }),
        },
        response: {
          status: response.status,
          headers: fields(response.headers),
          content: { size: body.length, text: Buffer.from(body).toString('base64'), encoding: 'base64' },
        },
      });
      return { status: response.status, body };
    },
  };
}

/** Hands files to `debug` and returns what it says of the last message, and its text. */
export async function debugFiles(files: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'oauth-code-debug-'));
  try {
    const paths = Object.entries(files).map(([name, text]) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    });
    const json = await runCli(['debug', ...paths, '--json', '--fail-on', 'none', ...args]);
    const text = await runCli(['debug', ...paths, '--fail-on', 'none', ...args]);
    const document: DebugDocument = JSON.parse(json.stdout);
    return { document, last: document.messages.at(-1), text: text.stdout, status: text.status };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The conversation as a HAR. */
export function asHar({ entries }: SavedConversation): string {
  return JSON.stringify({ log: { version: '1.2', creator: { name: 'test', version: '1' }, entries } });
}
