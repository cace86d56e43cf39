// Every task that the engine has done on another thread: main/background implements all of them.
import type { BackupTasks } from './backups/background-tasks.ts';
import type { Background } from './core/background.ts';
import type { ScanTasks } from './import/background-tasks.ts';
import type { KeyPairTasks } from './pki/background-tasks.ts';
import type { CrlTasks } from './revocation/background-tasks.ts';

export interface BackgroundTasks extends KeyPairTasks, CrlTasks, ScanTasks, BackupTasks {}

export interface BackgroundThreads extends Background<BackgroundTasks> {
  /** Tasks that run are stopped, and tasks that wait are refused with SHUTTING_DOWN. */
  close(): Promise<void>;
}
