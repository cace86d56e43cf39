// What is read on another thread: the folder of another client.
import type { DirectoryOverrides } from '../acme/directories.ts';
import type { Scan } from './scan.ts';

export interface ScanTasks {
  /** @throws INVALID_REQUEST (details.issues: folder) */
  scanFolder(input: {
    readonly folder: string;
    readonly now: Date;
    readonly directories: DirectoryOverrides;
    /** Where acme.sh is; null: its scripts are off. */
    readonly acmeShFolder: string | null;
  }): Promise<Scan>;
}
