// Lists all tasks that the engine runs on other threads. main/background implements them.
import type { BackupTasks } from './backups/background-tasks.ts';
import type { Background } from './core/background.ts';
import type { HostFileTasks } from './hosts/background-tasks.ts';
import type { ScanTasks } from './import/background-tasks.ts';
import type { KeyPairTasks } from './pki/background-tasks.ts';
import type { CrlTasks } from './revocation/background-tasks.ts';

export interface BackgroundTasks extends KeyPairTasks, CrlTasks, ScanTasks, BackupTasks, HostFileTasks {}

export interface BackgroundThreads extends Background<BackgroundTasks> {
  /** Stops running tasks and refuses waiting ones with SHUTTING_DOWN. */
  close(): Promise<void>;
}
