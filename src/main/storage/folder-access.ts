// Rejects a data folder that other users can change: a user who can replace the database or the key file, or move a
// parent folder, decides which keys Certdesk uses. The rule is that of OpenSSH's StrictModes (sshd_config(5)), with two
// exceptions: sticky folders such as /tmp, and groups with only one user.
import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CertdeskError } from '../engine/core/errors.ts';

const [OTHERS_WRITE, GROUP_WRITES, STICKY] = [0o002, 0o020, 0o1000];

/** The current user; undefined on systems without POSIX permissions. */
export interface FolderUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * @param folder An existing folder. @throws DATA_FOLDER_EXPOSED with the command that fixes it. On Windows,
 * access control lists protect a user's folders. Node cannot read them, so nothing is checked there.
 */
export function requirePrivateFolder(folder: string, user: FolderUser | null = currentUser()): void {
  if (user === null) return;
  const real = realpathSync(folder);
  const owner = lstatSync(real).uid;
  // Root may use the folder of a service, which belongs to the service's user.
  const trusted = new Set([0, user.uid, ...(user.uid === 0 ? [owner] : [])]);
  // Checks the path as given and its real path, because a symbolic link can be replaced, too.
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
  // In a sticky folder, only the owner of an entry can rename or remove it (inode(7)). Others can still add entries, so
  // the data folder itself must not be one.
  if ((mode & STICKY) !== 0 && !isFolderItself) return false;
  if ((mode & OTHERS_WRITE) !== 0) return true;
  // A user private group has the user's ID as its group ID and no other members, by the convention of pam_umask's
  // usergroups.
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
