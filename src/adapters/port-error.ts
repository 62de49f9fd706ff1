import { UsageError } from '../errors.ts';

/** Why one port could not be bound. */
export interface PortFailure {
  readonly address: string;
  readonly port: number;
  /** As the system calls it: `EADDRINUSE`, `EACCES`, … */
  readonly code: string;
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine has no such address',
  EAFNOSUPPORT: 'this machine has no such address',
};

/** Says of every port that was tried why it could not be bound, and what to do about it. */
export function portError(failures: readonly PortFailure[], platform: NodeJS.Platform): UsageError {
  const codes = new Set(failures.map(({ code }) => code));
  const tried = failures.map(
    ({ address, port, code }) => `${authority(address, port)} (${reasons[code] ?? code})`,
  );
  const message =
    failures.length === 1
      ? `The listener cannot be bound to ${tried.join('')}.`
      : `The listener cannot be bound; every port was tried: ${tried.join(', ')}.`;
  return new UsageError(message, { hint: hintFor(failures, codes, platform), step: 'listen' });
}

/** `address:port`, with brackets around an IPv6 address (RFC 3986 §3.2.2). */
export function authority(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function hintFor(
  failures: readonly PortFailure[],
  codes: ReadonlySet<string>,
  platform: NodeJS.Platform,
): string {
  const windows = platform === 'win32';
  const hints: string[] = [];
  const held = failures.find(({ code, port }) => code === 'EADDRINUSE' && port !== 0);
  if (held !== undefined) {
    const holder = windows ? `netstat -ano | findstr :${held.port}` : `lsof -i :${held.port}`;
    hints.push(`See who holds the port with \`${holder}\`.`);
  }
  if (codes.has('EACCES')) {
    hints.push(
      windows
        ? 'Windows reserves port ranges: `netsh interface ipv4 show excludedportrange protocol=tcp` lists them.'
        : 'Ports below 1024 are kept for privileged users: take a higher one.',
    );
  }
  if (codes.has('EADDRNOTAVAIL') || codes.has('EAFNOSUPPORT')) {
    hints.push('--listen takes an address of this machine, such as 127.0.0.1 or 0.0.0.0.');
  }
  hints.push(
    'Use another port: --port 0 for any free one, --port 8379,8380 to try several, or --redirect-uri for the whole',
    'address. It must be registered with the authorization server.',
  );
  return hints.join(' ');
}
