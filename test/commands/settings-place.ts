import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../src/entry/program.ts';
import { createTestContext, type TestContext, type TestContextOptions } from '../fakes/context.ts';

/** What a run left behind. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** stderr with its line breaks undone. */
  readonly said: string;
  readonly opened: TestContext['opened'];
}

/** A user's own folder and a repository, to run command lines in. */
export interface SettingsPlace {
  /** OAUTH_CODE_HOME of every run. */
  readonly home: string;
  /** The root of a repository; the runs start below it. */
  readonly repository: string;
  readonly configFile: string;
  readonly projectFile: string;
  readonly keychain: Map<string, string>;
  /** Writes the user's settings, as text or with the version added. */
  saveConfig(settings: string | object, mode?: number): void;
  saveProject(settings: string | object): void;
  config(): string;
  run(argv: readonly string[], options?: TestContextOptions): Promise<Outcome>;
  remove(): void;
}

/** Makes both folders, empty. */
export function createSettingsPlace(): SettingsPlace {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'oauth-code-settings-'));
  const [home, repository] = [join(root, 'home'), join(root, 'repository')];
  const workingDirectory = join(repository, 'packages', 'api');
  for (const folder of [home, join(repository, '.git'), workingDirectory]) {
    mkdirSync(folder, { recursive: true });
  }
  const configFile = join(home, 'config.json');
  const projectFile = join(repository, 'oauth-code.config.json');
  const keychain = new Map<string, string>();
  const write = (file: string, settings: string | object, mode = 0o600) => {
    mkdirSync(dirname(file), { recursive: true });
    const text = typeof settings === 'string' ? settings : JSON.stringify({ version: 1, ...settings });
    writeFileSync(file, text);
    chmodSync(file, mode);
  };
  return {
    home,
    repository,
    configFile,
    projectFile,
    keychain,
    saveConfig: (settings, mode) => write(configFile, settings, mode),
    saveProject: (settings) => write(projectFile, settings),
    config: () => readFileSync(configFile, 'utf8'),
    async run(argv, options = {}) {
      const played = createTestContext({
        workingDirectory,
        home,
        keychain,
        ...options,
        env: { OAUTH_CODE_HOME: home, ...options.env },
      });
      const status = await run(argv, played.context);
      const stderr = played.stderr();
      return {
        status,
        stdout: played.stdout(),
        stderr,
        said: stderr.replace(/\s+/g, ' '),
        opened: played.opened,
      };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
