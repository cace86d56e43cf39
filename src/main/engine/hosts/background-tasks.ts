// Declares the import task that runs on another thread: reading a file of hosts.
import type { HostFileFormat } from '../../../shared/host-import.ts';
import type { HostFile } from './read-host-file.ts';

export interface HostFileTasks {
  /** @throws INVALID_REQUEST (details.issues: text) */
  readHostFile(input: { readonly text: string; readonly format: HostFileFormat | 'auto' }): Promise<HostFile>;
}
