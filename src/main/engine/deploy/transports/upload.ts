// Writes files by SFTP into a folder that only the login user can read: ~/.certdesk-deploy/uploads/<name>.
import type { SFTPWrapper } from 'ssh2';
import { CertdeskError } from '../../core/errors.ts';
import { oneLine } from '../../core/outside-text.ts';

const BASE = '.certdesk-deploy';

/**
 * All requests are sent at once, in order: an SFTP server answers them in order too, so a slow network costs one round trip
 * and not one for each step. @returns the absolute path of the folder
 */
export async function uploadFiles(
  sftp: SFTPWrapper,
  host: string,
  files: readonly Uint8Array[],
  name: string,
): Promise<string> {
  const folder = `${BASE}/uploads/${name}`;
  const home = call<string>((done) => sftp.realpath('.', done));
  const folders = [BASE, `${BASE}/uploads`, folder].map((path) => makePrivate(sftp, path));
  const written = files.map((content, index) => write(sftp, `${folder}/${index}`, content));
  const [path, ...results] = await Promise.allSettled([home, ...written, ...folders]);
  const failed = results.find((result) => result.status === 'rejected');
  if (path.status === 'rejected' || failed !== undefined) {
    const reason = oneLine(String(path.status === 'rejected' ? path.reason : failed?.reason));
    const details = { host, path: folder, reason: 'failed' };
    const message = `${host}: the files could not be uploaded to ~/${folder} (${reason}). Check the rights of the home folder, and its free space.`;
    throw new CertdeskError('HOST_FILE_REFUSED', message, details);
  }
  return `${path.value.replace(/\/$/, '')}/${folder}`;
}

/** An existing folder is fine. Its mode is set, whoever has made it. */
async function makePrivate(sftp: SFTPWrapper, path: string): Promise<void> {
  const made = call<void>((done) => sftp.mkdir(path, { mode: 0o700 }, done)).catch(() => undefined);
  const closed = call<void>((done) => sftp.chmod(path, 0o700, done));
  await Promise.all([made, closed]);
}

async function write(sftp: SFTPWrapper, path: string, content: Uint8Array): Promise<void> {
  const handle = await call<Buffer>((done) => sftp.open(path, 'wx', { mode: 0o600 }, done));
  const bytes = Buffer.from(content);
  // One packet holds 32 KiB (draft-ietf-secsh-filexfer-02, section 3); ssh2 splits longer writes itself.
  const wrote =
    bytes.length === 0 ? null : call<void>((done) => sftp.write(handle, bytes, 0, bytes.length, 0, done));
  const closed = call<void>((done) => sftp.close(handle, done));
  await Promise.all([wrote, closed]);
}

function call<T>(begin: (done: (error: Error | null | undefined, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    begin((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}
