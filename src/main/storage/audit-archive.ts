// Writes exported entries of the audit trail to files in the folder `audit-archive` of the data folder, with mode 0600.
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditArchive } from '../engine/audit/archive.ts';
import { makeFolder } from '../make-folder.ts';

const ARCHIVE_FOLDER = 'audit-archive';

export function createAuditArchive(dataFolder: string): AuditArchive {
  const folder = join(dataFolder, ARCHIVE_FOLDER);
  return {
    async write(name, lines) {
      await makeFolder(folder);
      const path = join(folder, name);
      const file = await open(`${path}.part`, 'w', 0o600);
      try {
        for await (const line of lines) await file.write(line);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.part`, path);
      await syncFolder(folder);
      return path;
    },
  };
}

/** Makes the file's name durable, too. Windows cannot open folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
