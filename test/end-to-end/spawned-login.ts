import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/idp/misbehaviours/scripted-server.ts';
import { authorizationUrl, type FinishedRun, startCli } from './cli.ts';
import { readAllFiles } from './secret-search.ts';

/** A login of the built bin that came to its end. */
export interface SpawnedLogin extends FinishedRun {
  readonly server: ScriptedServer;
  /** All that it left in the home and temporary folder it was given. */
  readonly files: string;
}

/** Runs a login of the built bin against a scripted server; a browser goes where the printed address leads. */
export async function spawnLogin(
  script: Script,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<SpawnedLogin> {
  const home = await mkdtemp(join(tmpdir(), 'oauth-code-home-'));
  const server = await startScriptedServer(script);
  const places = { HOME: home, TMPDIR: home, TMP: home, TEMP: home, USERPROFILE: home };
  const words = [
    'login',
    '--issuer',
    server.issuer,
    '--client-id',
    'client-1',
    '--port',
    '0',
    '--no-browser',
  ];
  const cli = startCli([...words, ...args], { env: { ...places, ...env } });
  try {
    const visit = authorizationUrl(cli).then(async (url) => {
      await server.asked('keys');
      await (await fetch(url)).text();
    });
    // A run that ends before there is an address is what some tests want; the run itself says why.
    const [run] = await Promise.all([cli.finished, visit.catch(() => {})]);
    return { ...run, server, files: readAllFiles(home) };
  } finally {
    await server.close();
    await rm(home, { recursive: true, force: true });
  }
}
