// Decides which scripts of an acme.sh folder may run with Certdesk's permissions, and with which variables.
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Variables that decide which programs run and where acme.sh writes. Nobody may set them for a script. */
export const RESERVED_VARIABLE =
  /^(PATH|HOME|SHELL|IFS|ENV|CDPATH|TMPDIR|PS4|LD_.*|DYLD_.*|BASH.*|SHELLOPTS|LE_.*|ACME_.*|ACCOUNT_CONF_PATH|DOMAIN_CONF|(PYTHON|PERL|RUBY|NODE|GIT|SSH|CURL|OPENSSL)_?.*|certdesk_.*)$/;

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin';

/** The environment that acme.sh and its scripts need, with the private folder as their only place. */
export function environmentIn(home: string): Record<string, string> {
  return {
    PATH,
    HOME: home,
    TMPDIR: home,
    LANG: 'C',
    LE_WORKING_DIR: home,
    LE_CONFIG_HOME: home,
    ACCOUNT_CONF_PATH: `${home}/account.conf`,
    DOMAIN_CONF: `${home}/domain.conf`,
    USER_AGENT: 'Certdesk',
    NO_TIMESTAMP: '1',
  };
}

export type Trusted =
  | { readonly path: string; readonly problem: null }
  /** @property problem Why the script does not run, as a sentence. */
  | { readonly path: null; readonly problem: string };

/** Finds a script that only root and Certdesk's user can change. */
export async function findTrusted(path: string): Promise<Trusted> {
  const real = await realpath(path).catch(() => null);
  const facts = real === null ? null : await stat(real);
  if (real === null || !facts?.isFile())
    return { path: null, problem: `The folder of --acme-sh-folder does not contain ${path}.` };
  const writable = await findWritable(real);
  if (writable === null) return { path: real, problem: null };
  const problem = `The folder of --acme-sh-folder contains ${path}, which other users can change (${writable}). Remove their access: chmod o-w.`;
  return { path: null, problem };
}

/** The file or the first parent folder that other users can change, so that they could replace the file. */
async function findWritable(path: string): Promise<string | null> {
  const { uid, gid, mode } = await stat(path);
  const own = uid === 0 || uid === process.getuid?.();
  // With a umask of 002, files are group-writable, but the group contains only their owner.
  const ownGroup = gid === 0 || gid === process.getgid?.();
  // In a folder with the sticky bit (/tmp), users cannot move other users' files.
  const open = (mode & (ownGroup ? 0o002 : 0o022)) !== 0 && (mode & 0o1000) === 0;
  if (!own || open) return path;
  const parent = dirname(path);
  return parent === path ? null : findWritable(parent);
}
