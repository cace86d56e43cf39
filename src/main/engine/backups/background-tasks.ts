// Declares the backup tasks that run on another thread: verifying backup files.

/** A backup that can be restored. */
export interface VerifiedBackupFile {
  readonly createdAt: string;
  readonly certdesk: string;
  readonly schema: number;
  readonly projects: number;
  readonly certificates: number;
  /** Number of secrets: master key, DNS credentials and others. */
  readonly secrets: number;
  readonly secretStore: 'keychain' | 'sealed-file';
}

export interface BackupTasks {
  /**
   * Reads a backup file to its end and verifies it.
   * @throws BACKUP_NOT_FOUND, PASSPHRASE_WRONG, BACKUP_UNREADABLE, BACKUP_FAILED
   */
  verifyBackup(input: { readonly file: string; readonly passphrase: string }): Promise<VerifiedBackupFile>;
  /**
   * Verifies the database that was extracted from a backup, before it is restored.
   * @throws BACKUP_UNREADABLE
   */
  inspectBackup(input: {
    /** The backup file, for messages. */
    readonly file: string;
    readonly database: string;
    /** Header and manifest as the backup file contains them. */
    readonly header: unknown;
    readonly manifest: unknown;
  }): Promise<VerifiedBackupFile>;
}
