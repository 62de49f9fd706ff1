import type { BrowserObstacle, Context, Machine } from '../../context.ts';
import { NamedError } from '../../errors.ts';
import { listenerPages } from '../../output/callback-page.ts';
import type { DoctorCheck } from '../../output/render-doctor.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleRedirect } from '../../settings/settle-login.ts';

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
export async function checkPorts(options: OptionReader, context: Context): Promise<DoctorCheck[]> {
  return [
    await attempt('port', 'Port for the callback', 'fail', async () => {
      const { uri, ports } = await settleRedirect(options, context);
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

/** What would be opened for a login. */
export function checkBrowser(machine: Machine): DoctorCheck {
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
  const forward = plan.obstacle === 'ssh' ? ', with the port forwarded: ssh -L 8378:127.0.0.1:8378 HOST' : '';
  return {
    ...check,
    outcome: 'warn',
    detail: obstacles[plan.obstacle],
    cure: `Open the URL that login prints in any browser${forward}; or name one with BROWSER.`,
  };
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
