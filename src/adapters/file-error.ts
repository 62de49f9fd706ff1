import { ConfigError } from '../errors.ts';
import { errorCode } from './error-code.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  EEXIST: 'a file stands where its folder should be',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on device',
  EDQUOT: 'your disk quota is used up',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  EBUSY: 'another program holds it open',
};

/** Why a file could not be read, written or removed, in a few words. */
function reasonOf(error: unknown): string {
  const code = errorCode(error);
  return reasons[code] ?? (code || String(error));
}

/** Why the result could not be written to stdout; the error of the system stays its cause. */
export function outputError(error: unknown): ConfigError {
  return new ConfigError(`Cannot write the result: ${reasonOf(error)}.`, {
    hint: 'Send the output elsewhere, or make room where it goes.',
    cause: error,
  });
}

/** Why a file could not be read, written or removed, in words; the error of the system stays its cause. */
export function fileError(verb: 'read' | 'write' | 'remove', path: string, error: unknown): ConfigError {
  return new ConfigError(`Cannot ${verb} ${path}: ${reasonOf(error)}.`, {
    ...(verb === 'write'
      ? { hint: 'OAUTH_CODE_HOME names another folder for everything oauth-code keeps.' }
      : {}),
    cause: error,
  });
}
