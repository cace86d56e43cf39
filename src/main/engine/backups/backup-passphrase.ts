// Where the passphrase of scheduled backups is kept: in the secret store, as every secret is.

export const BACKUP_PASSPHRASE = 'backup-passphrase';
