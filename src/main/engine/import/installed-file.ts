// Reads owner, group and mode of a file that another client has installed, so that Certdesk installs it in the same way.
import { readFile, stat } from 'node:fs/promises';
import { type DeploymentFile, DeploymentFileSchema, type FileContent } from '../../../shared/deployment.ts';

/**
 * The file of a deployment at a path, with owner, group and mode of the file that is there.
 * @returns null if a deployment cannot write to the path, for example because it is relative
 */
export async function describeInstalled(content: FileContent, path: string): Promise<DeploymentFile | null> {
  const file = DeploymentFileSchema.safeParse({ content, path });
  if (!file.success) return null;
  const facts = await stat(path).catch(() => null);
  if (facts?.isFile() !== true) return file.data;
  const [owner, group] = await Promise.all([
    nameOf('/etc/passwd', facts.uid),
    nameOf('/etc/group', facts.gid),
  ]);
  // A deployment installs data: it never sets execute bits.
  const mode = (facts.mode & 0o666).toString(8).padStart(4, '0');
  const complete = DeploymentFileSchema.safeParse({ ...file.data, owner, group, mode });
  return complete.success ? complete.data : file.data;
}

/** @param table `NAME:x:NUMBER:…` per line. @returns the number as text if the table does not have it */
async function nameOf(table: string, id: number): Promise<string> {
  const text = await readFile(table, 'utf8').catch(() => '');
  const line = text.split('\n').find((each) => each.split(':')[2] === String(id));
  return line?.split(':')[0] ?? String(id);
}
