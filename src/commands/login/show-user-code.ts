import type { OutputStream } from '../../context.ts';
import { attempt } from '../../errors/attempt.ts';
import type { FlowEvent } from '../../flows/conversation.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import { renderJson } from '../../output/render-json.ts';
import { inertText } from '../../output/terminal-text.ts';
import { createStyle, layoutColumns } from '../../output/view.ts';
import { wrapNotice } from '../../output/width.ts';
import type { DeviceCode } from '../../protocol/device-authorization.ts';
import type { Invocation } from '../command.ts';

/** Shows a user where to sign in, and with which code. */
export type ShowUserCode = (event: Extract<FlowEvent, { type: 'user-code' }>) => void;

const light = '\x1b[97;40m';
const plain = '\x1b[0m';

/**
 * Makes what shows the code of a device flow (RFC 8628 §3.3): for a user at a terminal large and as a QR code, on
 * stderr; else as one JSON line on stdout, so that the program that reads it can show it.
 */
export async function userCodeDisplay(
  login: LoginSettings,
  { context, journal, output }: Invocation,
): Promise<ShowUserCode> {
  const { stderr, stdout } = context.terminal;
  if (!stderr.isTTY) return ({ code, receivedAt }) => stdout.write(eventLine(code, receivedAt));
  const { encode } = await import('uqr');
  return ({ code }) => {
    const { page } = code;
    journal.told = true;
    const qr =
      page !== undefined && stderr.color && stderr.unicode && !output.quiet
        ? // An address may be longer than a QR code can hold.
          (attempt(() => drawQr(encode(page, { border: 2 }).data, stderr)) ?? [])
        : [];
    stderr.write(
      `${lines(
        code,
        qr,
        stderr,
        page !== undefined &&
          login.acceptsPaste &&
          !login.opensAtOnce &&
          login.browser !== 'off' &&
          context.env.SSH_CONNECTION === undefined,
      ).join('\n')}\n`,
    );
  };
}

/** One event as a program reads it; the result follows when the user has signed in. */
function eventLine(code: DeviceCode, receivedAt: Date): string {
  const { expiresInSeconds, verificationUri, completeUri, userCode } = code;
  const expiresAt =
    expiresInSeconds === undefined ? null : new Date(receivedAt.getTime() + expiresInSeconds * 1000);
  const event = {
    version: 1,
    event: 'user_code',
    user_code: userCode,
    verification_uri: verificationUri,
    verification_uri_complete: completeUri ?? null,
    expires_at: expiresAt?.toISOString() ?? null,
  };
  return renderJson(event, { pretty: false });
}

function lines(
  { userCode, verificationUri, completeUri }: DeviceCode,
  qr: readonly string[],
  stderr: OutputStream,
  opensBrowser: boolean,
): string[] {
  const columns = layoutColumns(stderr);
  const notice = (text: string) => wrapNotice(text, columns);
  const code = inertText(userCode);
  const shortcuts =
    completeUri === undefined
      ? []
      : [...(qr.length > 0 ? ['the QR code'] : []), ...(opensBrowser ? ['Enter'] : [])];
  return [
    '',
    'To sign in, open this address on any device:',
    '',
    inertText(verificationUri),
    '',
    'and enter this code:',
    '',
    ...boxed(code, stderr),
    '',
    ...(qr.length === 0 ? [] : [...qr, '']),
    ...notice(
      `Enter it only because you started this login yourself; the page has to show the same code${shortcuts.length === 0 ? '' : ` when ${shortcuts.join(' or ')} brings you there`}.`,
    ),
    ...(opensBrowser ? ['Press Enter to open the page in a browser here.'] : []),
    '',
  ];
}

function boxed(code: string, looks: OutputStream): string[] {
  const { strong } = createStyle(looks);
  const [corners, side, line] = looks.unicode ? ['┌┐└┘', '│', '─'] : ['++++', '|', '-'];
  const edge = (left: number) => `  ${corners[left]}${line.repeat(code.length + 4)}${corners[left + 1]}`;
  return [edge(0), `  ${side}  ${strong(code)}  ${side}`, edge(2)];
}

/** Two rows of modules a line, light on dark whatever the colours of the terminal are; none where it is too narrow. */
function drawQr(modules: readonly (readonly boolean[])[], stderr: OutputStream): string[] {
  const width = modules.length;
  if (width + 4 > stderr.columns) return [];
  return Array.from({ length: Math.ceil(width / 2) }, (_, row) => {
    const line = Array.from({ length: width }, (_, column) => {
      const [upper, lower] = [modules[row * 2]?.[column] ?? false, modules[row * 2 + 1]?.[column] ?? false];
      return upper ? (lower ? ' ' : '▄') : lower ? '▀' : '█';
    });
    return `  ${light}${line.join('')}${plain}`;
  });
}
