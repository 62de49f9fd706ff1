import { describe, expect, it } from 'vitest';
import { absolutePath, settingsPath, stateFolder } from '../../src/storage/places.ts';

const surroundings = (env: Record<string, string>, platform: NodeJS.Platform = 'linux') => ({
  env,
  platform,
  homeDirectory: () => (platform === 'win32' ? 'C:\\Users\\alice' : '/home/alice'),
  workingDirectory: () => (platform === 'win32' ? 'D:\\work' : '/work'),
});

describe('where files are kept', () => {
  it.each([
    [
      'nothing is set',
      {},
      'linux',
      '/home/alice/.config/oauth-code/config.json',
      '/home/alice/.local/state/oauth-code',
    ],
    [
      'it is macOS',
      {},
      'darwin',
      '/home/alice/.config/oauth-code/config.json',
      '/home/alice/.local/state/oauth-code',
    ],
    [
      'XDG folders are set',
      { XDG_CONFIG_HOME: '/x/config', XDG_STATE_HOME: '/x/state' },
      'darwin',
      '/x/config/oauth-code/config.json',
      '/x/state/oauth-code',
    ],
    [
      'XDG folders are relative or empty',
      { XDG_CONFIG_HOME: 'config', XDG_STATE_HOME: '' },
      'linux',
      '/home/alice/.config/oauth-code/config.json',
      '/home/alice/.local/state/oauth-code',
    ],
    [
      'OAUTH_CODE_HOME is set',
      { OAUTH_CODE_HOME: '/mine', XDG_CONFIG_HOME: '/x/config' },
      'linux',
      '/mine/config.json',
      '/mine',
    ],
    [
      'OAUTH_CODE_HOME is relative',
      { OAUTH_CODE_HOME: 'mine' },
      'linux',
      '/work/mine/config.json',
      '/work/mine',
    ],
    [
      'OAUTH_CODE_HOME starts with ~',
      { OAUTH_CODE_HOME: '~/m' },
      'linux',
      '/home/alice/m/config.json',
      '/home/alice/m',
    ],
    [
      'Windows names its folders',
      { APPDATA: 'C:\\Users\\alice\\AppData\\Roaming', LOCALAPPDATA: 'E:\\Local' },
      'win32',
      'C:\\Users\\alice\\AppData\\Roaming\\oauth-code\\config.json',
      'E:\\Local\\oauth-code',
    ],
    [
      'Windows names none',
      {},
      'win32',
      'C:\\Users\\alice\\AppData\\Roaming\\oauth-code\\config.json',
      'C:\\Users\\alice\\AppData\\Local\\oauth-code',
    ],
  ] as const)('when %s', (_, env, platform, settings, state) => {
    expect(settingsPath(surroundings(env, platform))).toBe(settings);
    expect(stateFolder(surroundings(env, platform))).toBe(state);
  });

  it.each([
    ['ca.pem', '/etc/mine/ca.pem'],
    ['../ca.pem', '/etc/ca.pem'],
    ['/ca.pem', '/ca.pem'],
    ['~/ca.pem', '/home/alice/ca.pem'],
    ['~bob/ca.pem', '/etc/mine/~bob/ca.pem'],
  ])('reads the path %s as %s', (path, absolute) => {
    expect(absolutePath(path, '/etc/mine', surroundings({}))).toBe(absolute);
  });
});
