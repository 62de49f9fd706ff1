import { ConfigError, UsageError } from '../errors.ts';
import { joined, own, type Said, say, type Text } from '../say.ts';

/** The code of a system, TLS or library error, or an empty text. */
export function errorCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

/** The code of what an error was caused by, however deep, or an empty text. */
export function causeCode({ cause }: Error): string {
  return errorCode(cause) || (cause instanceof Error ? causeCode(cause) : '');
}

const fileReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a file stands where its folder should be',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on device',
  EDQUOT: 'your disk quota is used up',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  EBUSY: 'another program holds it open',
  EBADF: 'it is closed',
  EPIPE: 'its reader has gone',
  ENXIO: 'it is a device, a pipe or a socket',
  EOPNOTSUPP: 'it is a device, a pipe or a socket',
};

function fileReason(error: unknown): Text {
  const code = errorCode(error);
  const reason = fileReasons[code] ?? code;
  if (reason !== '') return own(reason);
  return error instanceof Error ? error.message : String(error);
}

/** Why the result could not be written to stdout; the error of the system stays its cause. */
export function outputError(error: unknown): ConfigError {
  return new ConfigError(say`Cannot write the result: ${fileReason(error)}.`, {
    hint:
      errorCode(error) === 'EBADF'
        ? own('Redirect stdout; to drop the result, to /dev/null for writing only.')
        : own('Send the output elsewhere, or make room where it goes.'),
    cause: error,
  });
}

/** Why a file could not be read, written or removed, in words; the error of the system stays its cause. */
export function fileError(verb: 'read' | 'write' | 'remove', path: string, error: unknown): ConfigError {
  return new ConfigError(say`Cannot ${own(verb)} ${path}: ${fileReason(error)}.`, {
    ...(verb === 'write'
      ? { hint: 'OAUTH_CODE_HOME names another folder for everything oauth-code keeps.' }
      : {}),
    cause: error,
  });
}

/** Tells whether an error says that the disk is full, or the user's part of it. */
export function isOutOfRoom(error: unknown): boolean {
  return /^(?:ENOSPC|EDQUOT)$/.test(errorCode(error instanceof ConfigError ? error.cause : error));
}

/** Why one port could not be bound. */
export interface PortFailure {
  /** `address:port`. */
  readonly place: string;
  readonly port: number;
  /** As the system calls it: `EADDRINUSE`, `EACCES`, … */
  readonly code: string;
}

const portReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine has no such address',
  EAFNOSUPPORT: 'this machine has no such address',
};

/** Says why each port that was tried could not be bound, and what to do: give `option`, where the port is not that of a login. */
export function portError(
  failures: readonly PortFailure[],
  platform: NodeJS.Platform,
  option?: string,
): UsageError {
  const tried = joined(
    failures.map(({ place, code }) => say`${place} (${own(portReasons[code] ?? code)})`),
    ', ',
  );
  const message =
    failures.length === 1
      ? say`The listener cannot be bound to ${tried}.`
      : say`The listener cannot be bound; every port was tried: ${tried}.`;
  return new UsageError(message, { hint: portHint(failures, platform === 'win32', option), step: 'listen' });
}

function portHint(failures: readonly PortFailure[], windows: boolean, option: string | undefined): Said {
  const codes = new Set(failures.map(({ code }) => code));
  const held = failures.find(({ code, port }) => code === 'EADDRINUSE' && port !== 0);
  const holder = windows ? `netstat -ano | findstr :${held?.port}` : `lsof -i :${held?.port}`;
  const sentences = [
    ...(held === undefined ? [] : [`See who holds the port with \`${holder}\`.`]),
    ...(!codes.has('EACCES')
      ? []
      : windows
        ? [
            'Windows reserves port ranges: `netsh interface ipv4 show excludedportrange protocol=tcp` lists them.',
          ]
        : ['Ports below 1024 are kept for privileged users: take a higher one.']),
    ...(codes.has('EADDRNOTAVAIL') || codes.has('EAFNOSUPPORT')
      ? ['--listen takes an address of this machine, such as 127.0.0.1 or 0.0.0.0.']
      : []),
    option === undefined
      ? 'Use another port: --port 0 for any free one, --port 8379,8380 to try several, or --redirect-uri for the whole address.'
      : `Use another port with ${option}.`,
    'It must be registered with the authorization server.',
  ];
  return own(sentences.join(' '));
}
