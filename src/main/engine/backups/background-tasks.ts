// What is verified on another thread: backup files.

/** A backup that can be restored. */
export interface VerifiedBackupFile {
  readonly createdAt: string;
  readonly certdesk: string;
  readonly schema: number;
  readonly projects: number;
  readonly certificates: number;
  /** The master key, DNS credentials and the like. */
  readonly secrets: number;
  readonly secretStore: 'keychain' | 'sealed-file';
}

export interface BackupTasks {
  /** Every byte of a backup file. @throws BACKUP_NOT_FOUND, PASSPHRASE_WRONG, BACKUP_UNREADABLE, BACKUP_FAILED */
  verifyBackup(input: { readonly file: string; readonly passphrase: string }): Promise<VerifiedBackupFile>;
  /** The database that was extracted from a backup, before it is restored. @throws BACKUP_UNREADABLE */
  inspectBackup(input: {
    /** The backup, for messages. */
    readonly file: string;
    readonly database: string;
    /** As the file holds them. */
    readonly header: unknown;
    readonly manifest: unknown;
  }): Promise<VerifiedBackupFile>;
}
