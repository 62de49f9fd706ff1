import type { BrowserObstacle, Context, Machine } from '../../context.ts';
import { NamedError } from '../../errors.ts';
import { listenerPages } from '../../output/callback-page.ts';
import type { DoctorCheck } from '../../output/render-doctor.ts';
import { defaultRedirectUri } from '../../settings/options.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import type { DoctorSettings } from '../../settings/settle-tools.ts';
import { loadSettings } from '../../storage/load-settings.ts';
import { stateFolder } from '../../storage/places.ts';

/** Makes the check of one subject, in each of its outcomes. */
export function about(id: string, title: string) {
  const fail = (detail: string, cure: string): DoctorCheck => ({ id, outcome: 'fail', title, detail, cure });
  const warn = (detail: string, cure: string): DoctorCheck => ({ ...fail(detail, cure), outcome: 'warn' });
  return {
    pass: (detail: string): DoctorCheck => ({ id, outcome: 'pass', title, detail }),
    warn,
    fail,
    /** A failure that this tool names is a result, cured as it says or in the given way; any other is thrown. */
    async attempt(
      action: () => DoctorCheck | Promise<DoctorCheck>,
      cure: string,
      otherwise: typeof fail = fail,
    ): Promise<DoctorCheck> {
      try {
        return await action();
      } catch (error) {
        if (!(error instanceof NamedError)) throw error;
        return otherwise(error.message, error.hint ?? cure);
      }
    },
  };
}

const oldestNode = [20, 19] as const;

/** Whether this Node is one that is supported. */
export function checkNode({ nodeVersion }: Machine): DoctorCheck {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const supported = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  const node = about('node', 'Node');
  return supported
    ? node.pass(nodeVersion)
    : node.fail(`${nodeVersion} is too old.`, `Install Node ${oldestNode.join('.')} or later.`);
}

/** Whether the listener of a login could be bound, and whether the other loopback family is there too. */
export async function checkPorts({ redirect }: DoctorSettings, context: Context): Promise<DoctorCheck[]> {
  const port = about('port', 'Port for the callback');
  return [
    await port.attempt(async () => {
      const { uri, ports } = await redirect();
      return port.pass(
        ports.length === 0 ? `${uri} needs no port on this machine.` : await bind(context, uri, ports),
      );
    }, 'Use another redirect URI.'),
    await checkLoopback(context, '127.0.0.1'),
    await checkLoopback(context, '[::1]'),
  ];
}

/** Whether an address of the loopback interface can be bound; a machine without IPv6 does for most redirect URIs. */
async function checkLoopback(context: Context, host: '127.0.0.1' | '[::1]'): Promise<DoctorCheck> {
  const isV4 = host === '127.0.0.1';
  const check = about(`loopback-ipv${isV4 ? 4 : 6}`, `Loopback over IPv${isV4 ? 4 : 6}`);
  const cure = isV4
    ? 'Bring the loopback interface up (`ip link set lo up`), or use a redirect URI on [::1].'
    : 'Only if a redirect URI on [::1] is registered: turn IPv6 on, or register 127.0.0.1.';
  return check.attempt(
    async () => check.pass(await bind(context, `http://${host}:0/callback`, [0])),
    cure,
    (detail) => (isV4 ? check.fail(detail, cure) : check.warn(detail, cure)),
  );
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

const obstacles: Readonly<Record<BrowserObstacle, string>> = {
  ssh: 'No browser is opened: this is an SSH session, and the browser would start on the remote machine.',
  container: 'No browser is opened: this is a container.',
  'no-display': 'No browser is opened: there is no display (DISPLAY and WAYLAND_DISPLAY are not set).',
};

/** Which browser would be opened for a login. */
export async function checkBrowser(machine: Machine, settings: DoctorSettings): Promise<DoctorCheck> {
  const plan = machine.browser();
  const browser = about('browser', 'Browser');
  if (plan.type === 'default') return browser.pass('The default browser is opened.');
  if (plan.type === 'command') {
    return plan.found
      ? browser.pass(`BROWSER names ${plan.command}.`)
      : browser.fail(
          `BROWSER names a program that is not there: ${plan.command}`,
          'Correct BROWSER or unset it; or open the printed URL yourself.',
        );
  }
  const port = await callbackPort(settings);
  const command = `ssh -L ${port}:127.0.0.1:${port} HOST`;
  const forward = plan.obstacle === 'ssh' ? `, with the port forwarded: ${command}` : '';
  return browser.warn(
    obstacles[plan.obstacle],
    `Open the URL that login prints in any browser${forward}; or name one with BROWSER.`,
  );
}

/** The port that a login listens on; the default one where any would do, or the settings are wrong. */
async function callbackPort({ redirect }: DoctorSettings): Promise<number> {
  const usual = Number(new URL(defaultRedirectUri).port);
  return redirect().then(
    ({ ports }) => ports.find((port) => port !== 0) ?? usual,
    () => usual,
  );
}

/** Which proxy requests go through. */
export function checkProxies(
  machine: Machine,
  given: string | undefined,
  url: string | undefined,
): Promise<DoctorCheck> {
  const proxy = about('proxy', 'Proxy');
  return proxy.attempt(() => {
    const { http, https, exceptions, used } = machine.proxies(given, url);
    const fromVariables = [
      ...(https === undefined ? [] : [`${https} for https`]),
      ...(http === undefined ? [] : [`${http} for http`]),
    ];
    const parts = given === undefined ? fromVariables : [`${used} by --proxy`];
    if (parts.length === 0) return proxy.pass('No proxy is set.');
    const except = exceptions === undefined || given !== undefined ? '' : `, except for ${exceptions}`;
    const through = used === undefined ? 'directly' : `through ${used}`;
    const way = url === undefined ? '' : ` ${new URL(url).host} is asked ${through}.`;
    return proxy.pass(`${parts.join(', ')}${except}.${way}`);
  }, 'Correct the variable.');
}

/** Which certificates are trusted. */
export async function checkCertificates(machine: Machine): Promise<DoctorCheck[]> {
  const { bundled, system, extra } = await machine.trust();
  const store = about('system-ca', 'Certificates');
  const stored =
    system === undefined && !extra?.certificates
      ? store.warn(
          `${bundled} come with Node; this Node cannot read those of the system.`,
          'If a company has a CA of its own: --ca-file FILE, or Node 22.15 or later.',
        )
      : store.pass(`${bundled} come with Node${system === undefined ? '' : `, ${system} with the system`}.`);
  if (extra === undefined) return [stored];
  const file = about('extra-ca', 'NODE_EXTRA_CA_CERTS');
  const { path, certificates, problem } = extra;
  if (problem === undefined) return [stored, file.pass(`${path} holds ${certificates}.`)];
  const detail = problem.includes(path) ? problem : `${path}: ${problem}`;
  const cure = 'Let NODE_EXTRA_CA_CERTS name a PEM file that can be read, or unset it.';
  return [stored, file.fail(detail, cure)];
}

/** A keychain that waits for its password longer than this is reported as locked. */
const keychainMs = 3000;

/** Whether the keychain can be asked. */
export async function checkKeychain({ keychain, signal }: Context): Promise<DoctorCheck> {
  const check = about('keychain', 'Keychain');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), keychainMs);
  });
  const ask = async () => {
    const answer = await Promise.race([keychain.get('doctor').then(() => 'usable' as const), late]);
    if (answer === 'usable') return check.pass('The keychain answers.');
    const detail = `The keychain did not answer within ${keychainMs / 1000} s; it may be locked.`;
    return check.warn(detail, 'Unlock it, or keep secrets in a file or variable.');
  };
  try {
    return await check.attempt(ask, 'Keep secrets in a file or variable instead.', check.warn);
  } finally {
    clearTimeout(timer);
    signal.throwIfAborted();
  }
}

/** Whether the settings can be read, by their owner alone. */
export function checkSettings(
  settings: DoctorSettings,
  broken: NamedError | undefined,
  context: Context,
): Promise<DoctorCheck> {
  const check = about('settings', 'Settings file');
  return check.attempt(async () => {
    const { file, user } = await loadSettings(context, settings.config, profileKeys);
    if (broken !== undefined) throw broken;
    if (user === undefined) return check.pass(`${file} does not exist; a settings file is optional.`);
    if (user.warning !== undefined) return check.warn(`${user.warning}.`, `chown it, or chmod 600 ${file}`);
    if (user.readableByOthers) return check.warn(`${file} can be read by others.`, `chmod 600 ${file}`);
    const { profile, namesProfile } = settings;
    // The name of the default profile may be news to the user.
    const used = `the ${namesProfile ? '' : 'default '}profile "${profile}"`;
    return check.pass(profile === undefined ? file : `${file}, from which ${used} is used.`);
  }, 'Correct the file, or move it away.');
}

/** Whether sessions can be kept, for their owner alone. */
export async function checkState(machine: Machine, context: Context): Promise<DoctorCheck> {
  const path = stateFolder(context);
  const { exists, folder, writable, openToOthers } = await machine.folder(path);
  const check = about('state', 'Folder for sessions');
  if (!folder || !writable) {
    return check.fail(
      !folder
        ? `${path} ${exists ? 'is not a folder' : 'cannot be made: a file is in the way'}.`
        : `${path} cannot be ${exists ? 'written to' : 'made'} by this user.`,
      'Make it yours (chown, chmod 700), or set OAUTH_CODE_HOME to a folder that is.',
    );
  }
  if (!exists) return check.pass(`${path} is made when a session is saved.`);
  return openToOthers ? check.warn(`${path} is open to others.`, `chmod 700 ${path}`) : check.pass(path);
}
