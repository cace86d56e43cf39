// Declares the import task that runs on another thread: reading the folder of another client.
import type { DirectoryOverrides } from '../acme/directories.ts';
import type { Scan } from './scan.ts';

export interface ScanTasks {
  /** @throws INVALID_REQUEST (details.issues: folder) */
  scanFolder(input: {
    readonly folder: string;
    readonly now: Date;
    readonly directories: DirectoryOverrides;
    /** acme.sh's folder; null if its scripts are disabled. */
    readonly acmeShFolder: string | null;
  }): Promise<Scan>;
}
