import type { BrowserLaunch, Context } from '../context.ts';
import type { LoginSettings } from '../flows/login-settings.ts';
import type { Step } from '../output/render-step.ts';

/** What became of the attempt to open a browser: one step, and what to do where it could not work. */
export function describeLaunch(
  launch: BrowserLaunch,
  { redirect }: Pick<LoginSettings, 'redirect'>,
  env: Context['env'],
): { readonly step: Step; readonly cure: readonly string[] } {
  const name = 'Browser';
  if (launch.type === 'opened') {
    return { step: { mark: 'pass', name, text: `opened with ${launch.command}` }, cure: [] };
  }
  const notOpened = (reason: string): Step => ({ mark: 'warn', name, text: `not opened: ${reason}` });
  if (launch.type === 'failed') return { step: notOpened(`${launch.command}: ${launch.reason}`), cure: [] };
  const [port] = redirect.ports;
  switch (launch.obstacle) {
    case 'no-display':
      return { step: notOpened('there is no display here'), cure: [] };
    case 'container':
      return {
        step: notOpened('this is a container'),
        cure: [
          `To let the answer in, publish the port (docker run -p ${port}:${port}) and add --listen 0.0.0.0:${port}`,
        ],
      };
    case 'ssh':
      return {
        step: notOpened('this is an SSH session'),
        cure: [
          'To let the answer in, run this on your own machine first:',
          `ssh -L ${port}:127.0.0.1:${port} ${destination(env)}`,
        ],
      };
  }
}

/** The third field of SSH_CONNECTION is the address under which this machine was reached. */
function destination({ SSH_CONNECTION, USER, LOGNAME }: Context['env']): string {
  const host = SSH_CONNECTION?.split(' ')[2] ?? 'THIS-HOST';
  const user = USER ?? LOGNAME;
  return user === undefined ? host : `${user}@${host}`;
}
