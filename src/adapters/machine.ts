import { accessSync, constants, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { BrowserPlan, Environment, FolderFacts, Machine, TrustFacts } from '../context.ts';
import { browserObstacle, chosenBrowser, commandWords } from './browser.ts';
import { proxyFromEnvironment, proxyVariables, readProxy } from './proxy-settings.ts';
import { readCertificates, systemCertificates } from './tls-trust.ts';
import { readTextFile } from './user-files.ts';

/** Looks at the machine; nothing is changed and nothing is started. */
export function inspectMachine(env: Environment, platform: NodeJS.Platform): Machine {
  return {
    nodeVersion: process.versions.node,
    browser: () => planBrowser(env, platform),
    trust: () => inspectTrust(env),
    folder: (path) => inspectFolder(path, platform),
    proxies(given, url) {
      const chosen = given === undefined ? undefined : readProxy(given, '--proxy');
      const used = chosen ?? (url === undefined ? undefined : proxyFromEnvironment(new URL(url), env));
      return { ...proxyVariables(env), used: used?.label };
    },
  };
}

function planBrowser(env: Environment, platform: NodeJS.Platform): BrowserPlan {
  const command = chosenBrowser(env, platform);
  if (command !== undefined) {
    const [program = ''] = commandWords(command);
    return { type: 'command', command, found: isProgram(program, env, platform) };
  }
  const obstacle = browserObstacle(env, platform);
  return obstacle === undefined ? { type: 'default' } : { type: 'none', obstacle };
}

/** Whether a program is found as spawning it would: by its path, else in PATH. */
function isProgram(program: string, env: Environment, platform: NodeJS.Platform): boolean {
  if (program === '') return false;
  const windows = platform === 'win32';
  const endings = windows ? ['', ...(env.PATHEXT ?? '.EXE;.CMD').split(';')] : [''];
  const folders = /[\\/]/.test(program) ? [''] : (env.PATH ?? env.Path ?? '').split(delimiter);
  return folders.some((folder) =>
    endings.some((ending) => {
      try {
        const path = folder === '' ? program + ending : join(folder, program + ending);
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    }),
  );
}

async function inspectTrust(env: Environment): Promise<TrustFacts> {
  const path = env.NODE_EXTRA_CA_CERTS;
  const counts = { bundled: rootCertificates.length, system: systemCertificates()?.length };
  if (!path) return counts;
  try {
    const pem = await readTextFile(path, new AbortController().signal);
    return { ...counts, extra: { path, certificates: readCertificates(pem).length } };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ...counts, extra: { path, certificates: 0, problem } };
  }
}

async function inspectFolder(path: string, platform: NodeJS.Platform): Promise<FolderFacts> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    const above = dirname(path);
    return above === path
      ? { exists: false, folder: false, writable: false, openToOthers: false }
      : { ...(await inspectFolder(above, platform)), exists: false, openToOthers: false };
  }
  return {
    exists: true,
    folder: found.isDirectory(),
    writable: canWrite(path),
    openToOthers: platform !== 'win32' && (found.mode & 0o077) !== 0,
  };
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
