// Turns errors of the file system into sentences that say what to do.
import { CertdeskError } from '../engine/core/errors.ts';

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space, or use another folder',
  EDQUOT: 'the quota of this user is used up: free some space, or use another folder',
  EROFS: 'it is read-only: make it writable, or use another folder',
  EACCES: 'this user may not use it: change its owner or mode, or use another folder',
  EPERM: 'this user may not use it: change its owner or mode, or use another folder',
  ENOENT: 'it does not exist: is the disk mounted?',
  ENOTDIR: 'a part of the path is a file',
  EIO: 'the disk failed: check it, and use another one',
  SQLITE_FULL: 'the disk is full: free some space',
  SQLITE_READONLY: 'it is read-only: make it writable',
  SQLITE_CANTOPEN: 'a file cannot be created there: check that it is writable',
  SQLITE_IOERR: 'the disk failed or is full: check it',
};

/**
 * @param place The file or folder that could not be used.
 * @returns a CertdeskError unchanged, and BACKUP_FAILED for others
 */
export function fileFailure(place: string, cause: unknown): CertdeskError {
  if (cause instanceof CertdeskError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const advice = Object.entries(ADVICE).find(([each]) => code.startsWith(each))?.[1];
  const why = advice ?? (cause instanceof Error ? cause.message : String(cause));
  return new CertdeskError('BACKUP_FAILED', `${place} cannot be used: ${why}`, { place, code }, { cause });
}

export async function guardedBy<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileFailure(place, error);
  }
}
