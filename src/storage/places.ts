import { type PlatformPath, posix, win32 } from 'node:path';
import type { Context } from '../context.ts';

/** The part of the environment that decides where files are kept. */
export type Surroundings = Pick<Context, 'env' | 'platform' | 'homeDirectory' | 'workingDirectory'>;

/**
 * The settings file: `config.json` in OAUTH_CODE_HOME, else in `oauth-code` below XDG_CONFIG_HOME, else below
 * `%APPDATA%` on Windows and `~/.config` elsewhere, macOS included. Relative XDG values are ignored, as the XDG
 * Base Directory Specification asks.
 */
export function settingsPath(surroundings: Surroundings): string {
  const { join } = pathsOf(surroundings);
  return join(
    homeOfOurs(surroundings) ?? folderOf(surroundings, 'XDG_CONFIG_HOME', 'APPDATA', '.config'),
    'config.json',
  );
}

/**
 * The folder of files that are kept between runs, such as sessions: OAUTH_CODE_HOME, else `oauth-code` below
 * XDG_STATE_HOME, else below `%LOCALAPPDATA%` on Windows and `~/.local/state` elsewhere, macOS included.
 */
export function stateFolder(surroundings: Surroundings): string {
  return homeOfOurs(surroundings) ?? folderOf(surroundings, 'XDG_STATE_HOME', 'LOCALAPPDATA', '.local/state');
}

/** The recording of the last run that talked to a server. */
export function lastRecordingPath(surroundings: Surroundings): string {
  return pathsOf(surroundings).join(stateFolder(surroundings), 'last.json');
}

/** A path as the user wrote it, made absolute: `~/` is the home folder, anything relative stands below `base`. */
export function absolutePath(path: string, base: string, surroundings: Surroundings): string {
  const { join, resolve } = pathsOf(surroundings);
  const inHome = /^~[\\/](.*)$/s.exec(path)?.[1];
  return inHome === undefined ? resolve(base, path) : join(surroundings.homeDirectory(), inHome);
}

/** How paths are written on that platform. */
export function pathsOf({ platform }: Pick<Context, 'platform'>): PlatformPath {
  return platform === 'win32' ? win32 : posix;
}

function homeOfOurs(surroundings: Surroundings): string | undefined {
  const { OAUTH_CODE_HOME } = surroundings.env;
  if (!OAUTH_CODE_HOME) return undefined;
  return absolutePath(OAUTH_CODE_HOME, surroundings.workingDirectory(), surroundings);
}

function folderOf(surroundings: Surroundings, xdg: string, windows: string, below: string): string {
  const { env, platform, homeDirectory } = surroundings;
  const { isAbsolute, join } = pathsOf(surroundings);
  const named = [env[xdg], platform === 'win32' ? env[windows] : undefined].find(
    (folder) => folder !== undefined && isAbsolute(folder),
  );
  const windowsDefault = windows === 'APPDATA' ? 'AppData/Roaming' : 'AppData/Local';
  return join(named ?? join(homeDirectory(), platform === 'win32' ? windowsDefault : below), 'oauth-code');
}
