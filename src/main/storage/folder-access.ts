// Refuses a data folder that other users may change: whoever can replace the database or the key file, or move a folder
// above them, decides which keys Certdesk uses. The rule is that of OpenSSH's StrictModes (sshd_config(5)), with two
// exceptions: sticky folders such as /tmp, and groups that hold only one user.
import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CertdeskError } from '../engine/core/errors.ts';

const [OTHERS_WRITE, GROUP_WRITES, STICKY] = [0o002, 0o020, 0o1000];

/** The user that checks; undefined on systems without POSIX permissions. */
export interface FolderUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * @param folder An existing folder. @throws DATA_FOLDER_EXPOSED with the command that closes it. Windows keeps a user's
 * folders from others by access lists, which Node does not read, so nothing is checked there.
 */
export function requirePrivateFolder(folder: string, user: FolderUser | null = currentUser()): void {
  if (user === null) return;
  const real = realpathSync(folder);
  const owner = lstatSync(real).uid;
  // Root works on the folder of a service, which belongs to the service's own user.
  const trusted = new Set([0, user.uid, ...(user.uid === 0 ? [owner] : [])]);
  // Both ways to the folder count: a link on the way can be replaced as well as the folder itself.
  for (const path of new Set([...upwards(real), ...upwards(resolve(folder))])) {
    const facts = lstatSync(path);
    if (facts.isSymbolicLink()) continue; // its permissions mean nothing; the folder that holds it is checked
    const isFolderItself = path === real;
    if (!trusted.has(facts.uid))
      throw exposed(folder, `${path} belongs to another user (uid ${facts.uid})`, null);
    if (isWritableByOthers(facts, isFolderItself, user))
      throw exposed(folder, `other users can write to ${path}`, `chmod go-w '${path}'`);
  }
}

function isWritableByOthers({ mode, uid, gid }: Stats, isFolderItself: boolean, user: FolderUser): boolean {
  // In a sticky folder only the owner of an entry renames or removes it (inode(7)). Others still add entries, so the
  // data folder itself may not be one.
  if ((mode & STICKY) !== 0 && !isFolderItself) return false;
  if ((mode & OTHERS_WRITE) !== 0) return true;
  // A user's own group has the user's number and nobody else in it: the convention that pam_umask's usergroups uses.
  const isOwnGroup = gid === uid && (gid === user.gid || gid === 0);
  return (mode & GROUP_WRITES) !== 0 && !isOwnGroup;
}

function upwards(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...upwards(above)];
}

function currentUser(): FolderUser | null {
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()];
  return uid === undefined || gid === undefined ? null : { uid, gid };
}

function exposed(folder: string, reason: string, command: string | null): CertdeskError {
  const advice = command === null ? 'Use another folder with --data-dir' : `Run: ${command}`;
  return new CertdeskError(
    'DATA_FOLDER_EXPOSED',
    `The data folder ${folder} is not safe: ${reason}, so they could replace keys and certificates. ${advice}`,
    { folder, command },
  );
}
