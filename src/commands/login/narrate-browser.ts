import type { BrowserLaunch, Context } from '../../context.ts';
import type { Step } from '../../output/render-step.ts';
import { defaultRedirectUri } from '../../settings/options.ts';

/** The redirect URI that is listened for, and whether its port was left to the system. */
export interface ListeningAt {
  readonly uri: string;
  readonly anyPort: boolean;
}

/**
 * What became of the attempt to open a browser: one step unless it runs, which was told when it started; and what to
 * do where the answer could not come in.
 */
export function describeLaunch(
  launch: BrowserLaunch,
  listening: ListeningAt | undefined,
  env: Context['env'],
): { readonly step?: Step; readonly cure: readonly string[] } {
  if (launch.type === 'played' || launch.type === 'opened') return { cure: [] };
  const notOpened = (reason: string): Step => ({
    mark: 'warn',
    name: 'Browser',
    text: `not opened: ${reason}`,
  });
  if (launch.type === 'failed') return { step: notOpened(`${launch.command}: ${launch.reason}`), cure: [] };
  switch (launch.obstacle) {
    case 'no-display':
      return { step: notOpened('there is no display here'), cure: [] };
    case 'container':
      return { step: notOpened('this is a container'), cure: listening ? intoContainer(listening) : [] };
    case 'ssh':
      return { step: notOpened('this is an SSH session'), cure: listening ? throughSsh(listening, env) : [] };
  }
}

/** A port can only be published when the container is started, so it has to be a known one. */
function intoContainer({ uri, anyPort }: ListeningAt): string[] {
  const port = portOf(anyPort ? defaultRedirectUri : uri);
  return [
    `To let the answer in, start the container with -p ${port}:${port} and log in with`,
    `--listen 0.0.0.0:${port}${anyPort ? ` --port ${port}` : ''}`,
  ];
}

function throughSsh({ uri }: ListeningAt, env: Context['env']): string[] {
  const host = new URL(uri).hostname === '[::1]' ? '[::1]' : '127.0.0.1';
  return [
    'To let the answer in, run this on your own machine first:',
    `ssh -L ${portOf(uri)}:${host}:${portOf(uri)} ${destination(env)}`,
  ];
}

function portOf(uri: string): string {
  const { port, protocol } = new URL(uri);
  return port || (protocol === 'https:' ? '443' : '80');
}

/** The third field of SSH_CONNECTION is the address under which this machine was reached. */
function destination({ SSH_CONNECTION, USER, LOGNAME }: Context['env']): string {
  const host = SSH_CONNECTION?.split(' ')[2] ?? 'THIS-HOST';
  const user = USER ?? LOGNAME;
  return user === undefined ? host : `${user}@${host}`;
}
