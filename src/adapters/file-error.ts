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
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  EBUSY: 'another program holds it open',
};

/** Why a file could not be read, written or removed, in words; the error of the system stays its cause. */
export function fileError(verb: 'read' | 'write' | 'remove', path: string, error: unknown): ConfigError {
  const code = errorCode(error);
  const why = reasons[code] ?? (code || String(error));
  return new ConfigError(`Cannot ${verb} ${path}: ${why}.`, {
    ...(verb === 'write'
      ? { hint: 'OAUTH_CODE_HOME names another folder for everything oauth-code keeps.' }
      : {}),
    cause: error,
  });
}
