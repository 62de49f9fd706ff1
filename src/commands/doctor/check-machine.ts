import type { BrowserObstacle, Context, Machine } from '../../context.ts';
import { NamedError } from '../../errors.ts';
import { listenerPages } from '../../output/callback-page.ts';
import type { DoctorCheck } from '../../output/render-doctor.ts';
import { defaultRedirectUri } from '../../settings/options.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import type { DoctorSettings } from '../../settings/settle-tools.ts';
import { loadSettings } from '../../storage/load-settings.ts';
import { stateFolder } from '../../storage/places.ts';

const oldestNode = [20, 19] as const;

/** Whether this Node is one that is supported. */
export function checkNode({ nodeVersion }: Machine): DoctorCheck {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const supported = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  const check = { id: 'node', title: 'Node', detail: nodeVersion };
  if (supported) return { ...check, outcome: 'pass' };
  return {
    ...check,
    outcome: 'fail',
    detail: `${nodeVersion} is too old.`,
    cure: `Install Node ${oldestNode.join('.')} or later.`,
  };
}

/** Whether the listener of a login could be bound, and whether the other loopback family is there too. */
export async function checkPorts({ redirect }: DoctorSettings, context: Context): Promise<DoctorCheck[]> {
  return [
    await attempt('port', 'Port for the callback', 'fail', async () => {
      const { uri, ports } = await redirect();
      if (ports.length === 0) return `${uri} needs none on this machine.`;
      return bind(context, uri, ports);
    }),
    await attempt('loopback-ipv4', 'Loopback over IPv4', 'fail', () =>
      bind(context, 'http://127.0.0.1:0/callback', [0]),
    ),
    await attempt('loopback-ipv6', 'Loopback over IPv6', 'warn', () =>
      bind(context, 'http://[::1]:0/callback', [0]),
    ),
  ];
}

async function bind(context: Context, redirectUri: string, ports: readonly number[]): Promise<string> {
  const listener = await context.listen({
    redirectUri,
    ports,
    pages: listenerPages(),
    judge: () => ({ type: 'ignore', status: 404, page: '' }),
  });
  await listener.close();
  return `${listener.addresses.join(' and ')} can be bound.`;
}

async function attempt(
  id: string,
  title: string,
  otherwise: 'warn' | 'fail',
  action: () => Promise<string>,
): Promise<DoctorCheck> {
  try {
    return { id, outcome: 'pass', title, detail: await action() };
  } catch (error) {
    if (!(error instanceof NamedError)) throw error;
    const cure =
      id === 'loopback-ipv6'
        ? 'Nothing, unless a redirect URI on [::1] is registered: then turn IPv6 on, or register 127.0.0.1.'
        : id === 'loopback-ipv4'
          ? 'Bring the loopback interface up (`ip link set lo up`), or use a redirect URI on [::1].'
          : (error.hint ?? 'Use another redirect URI.');
    return { id, outcome: otherwise, title, detail: error.message, cure };
  }
}

const obstacles: Readonly<Record<BrowserObstacle, string>> = {
  ssh: 'None is opened: this is an SSH session, and the browser would be on the other machine.',
  container: 'None is opened: this is a container.',
  'no-display': 'None is opened: there is no display (DISPLAY and WAYLAND_DISPLAY are not set).',
};

/** Which browser would be opened for a login. */
export async function checkBrowser(machine: Machine, settings: DoctorSettings): Promise<DoctorCheck> {
  const plan = machine.browser();
  const check = { id: 'browser', title: 'Browser' };
  if (plan.type === 'default') return { ...check, outcome: 'pass', detail: 'The default browser is opened.' };
  if (plan.type === 'command') {
    const { command, found } = plan;
    if (found) return { ...check, outcome: 'pass', detail: `BROWSER is started: ${command}` };
    const cure = 'Correct BROWSER or unset it; or open the printed URL yourself.';
    return {
      ...check,
      outcome: 'fail',
      detail: `BROWSER names a program that is not there: ${command}`,
      cure,
    };
  }
  const port = await callbackPort(settings);
  const command = `ssh -L ${port}:127.0.0.1:${port} HOST`;
  const forward = plan.obstacle === 'ssh' ? `, with the port forwarded: ${command}` : '';
  return {
    ...check,
    outcome: 'warn',
    detail: obstacles[plan.obstacle],
    cure: `Open the URL that login prints in any browser${forward}; or name one with BROWSER.`,
  };
}

/** The port that a login listens on; the default one where any would do, or the settings are wrong. */
async function callbackPort({ redirect }: DoctorSettings): Promise<number> {
  const usual = Number(new URL(defaultRedirectUri).port);
  return redirect().then(
    ({ ports }) => ports.find((port) => port !== 0) ?? usual,
    () => usual,
  );
}

/** Which proxy requests go through, and which variable has no effect. */
export function checkProxies(
  machine: Machine,
  given: string | undefined,
  url: string | undefined,
): DoctorCheck {
  const check = { id: 'proxy', title: 'Proxy' };
  try {
    const { http, https, exceptions, remark, used } = machine.proxies(given, url);
    if (remark !== undefined && given === undefined) {
      return { ...check, outcome: 'warn', detail: remark, cure: 'Set HTTPS_PROXY and HTTP_PROXY to it.' };
    }
    const parts = [
      given === undefined ? '' : `${used} by --proxy`,
      given !== undefined || https === undefined ? '' : `${https} for https`,
      given !== undefined || http === undefined ? '' : `${http} for http`,
    ].filter((part) => part !== '');
    if (parts.length === 0) return { ...check, outcome: 'pass', detail: 'None is set.' };
    const except = exceptions === undefined || given !== undefined ? '' : `, except for ${exceptions}`;
    const way =
      url === undefined
        ? ''
        : ` ${new URL(url).host} is asked ${used === undefined ? 'directly' : `through ${used}`}.`;
    return { ...check, outcome: 'pass', detail: `${parts.join(', ')}${except}.${way}` };
  } catch (error) {
    if (!(error instanceof NamedError)) throw error;
    return { ...check, outcome: 'fail', detail: error.message, cure: error.hint ?? 'Correct the variable.' };
  }
}

/** Which certificates are trusted. */
export async function checkCertificates(machine: Machine): Promise<DoctorCheck[]> {
  const { bundled, system, extra } = await machine.trust();
  const store = { id: 'system-ca', title: 'Certificates' };
  const checks: DoctorCheck[] = [
    system === undefined && !extra?.certificates
      ? {
          ...store,
          outcome: 'warn',
          detail: `${bundled} come with Node; this Node cannot read those of the system.`,
          cure: 'If a company has a CA of its own: --ca-file FILE, or Node 22.15 or later.',
        }
      : {
          ...store,
          outcome: 'pass',
          detail: `${bundled} come with Node${system === undefined ? '' : `, ${system} with the system`}.`,
        },
  ];
  if (extra === undefined) return checks;
  const file = { id: 'extra-ca', title: 'NODE_EXTRA_CA_CERTS' };
  const { path, certificates, problem } = extra;
  checks.push(
    problem === undefined
      ? { ...file, outcome: 'pass', detail: `${path} holds ${certificates}.` }
      : {
          ...file,
          outcome: 'fail',
          detail: problem.includes(path) ? problem : `${path}: ${problem}`,
          cure: 'Let NODE_EXTRA_CA_CERTS name a PEM file that can be read, or unset it.',
        },
  );
  return checks;
}

/** A keychain that waits for its password longer than this is reported as locked. */
const keychainMs = 3000;

/** Whether the keychain can be asked. */
export async function checkKeychain({ keychain, signal }: Context): Promise<DoctorCheck> {
  const check = { id: 'keychain', title: 'Keychain' };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), keychainMs);
  });
  try {
    const answer = await Promise.race([keychain.get('doctor').then(() => 'usable' as const), late]);
    if (answer === 'usable') return { ...check, outcome: 'pass', detail: 'It answers.' };
    const detail = `It did not answer within ${keychainMs / 1000} s; it may be locked.`;
    return { ...check, outcome: 'warn', detail, cure: 'Unlock it, or keep secrets in a file or variable.' };
  } catch (error) {
    if (signal.aborted || !(error instanceof NamedError)) throw error;
    const cure = error.hint ?? 'Keep secrets in a file or variable instead.';
    return { ...check, outcome: 'warn', detail: error.message, cure };
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the settings can be read, by their owner alone. */
export async function checkSettings(
  settings: DoctorSettings,
  broken: NamedError | undefined,
  context: Context,
): Promise<DoctorCheck> {
  const check = { id: 'settings', title: 'Settings file' };
  try {
    const { file, user } = await loadSettings(context, settings.config, profileKeys);
    if (broken !== undefined) throw broken;
    if (user === undefined)
      return { ...check, outcome: 'pass', detail: `${file} is not there; none is needed.` };
    const used = usedProfile(settings);
    const detail = used === undefined ? file : `${file}, from which ${used} is used.`;
    if (!user.readableByOthers) return { ...check, outcome: 'pass', detail };
    return {
      ...check,
      outcome: 'warn',
      detail: `${file} can be read by others.`,
      cure: `chmod 600 ${file}`,
    };
  } catch (error) {
    if (!(error instanceof NamedError)) throw error;
    const cure = error.hint ?? 'Correct the file, or move it away.';
    return { ...check, outcome: 'fail', detail: error.message, cure };
  }
}

/** The profile in words; the name of the default profile may be news to the user. */
function usedProfile({ profile, namesProfile }: DoctorSettings): string | undefined {
  return profile === undefined ? undefined : `the ${namesProfile ? '' : 'default '}profile "${profile}"`;
}

/** Whether sessions can be kept, for their owner alone. */
export async function checkState(machine: Machine, context: Context): Promise<DoctorCheck> {
  const path = stateFolder(context);
  const { exists, folder, writable, openToOthers } = await machine.folder(path);
  const check = { id: 'state', title: 'Folder for sessions' };
  if (!folder || !writable) {
    return {
      ...check,
      outcome: 'fail',
      detail: !folder
        ? `${path} ${exists ? 'is no folder' : 'cannot be made: a file is in the way'}.`
        : `${path} cannot be ${exists ? 'written to' : 'made'} by this user.`,
      cure: 'Make it yours (chown, chmod 700), or set OAUTH_CODE_HOME to a folder that is.',
    };
  }
  if (!exists) return { ...check, outcome: 'pass', detail: `${path} is made when a session is saved.` };
  if (!openToOthers) return { ...check, outcome: 'pass', detail: path };
  return { ...check, outcome: 'warn', detail: `${path} is open to others.`, cure: `chmod 700 ${path}` };
}
