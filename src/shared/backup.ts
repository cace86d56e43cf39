// Schemas of backups and restores.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

const count = z.int().min(0);

export const BackupSchema = z
  .object({
    name: z.string(),
    createdAt: TimestampSchema,
    bytes: count,
    certdesk: z.string().meta({ description: 'Version of Certdesk that created the backup' }),
    schema: count.meta({ description: 'Schema version of the database in the backup' }),
    file: z.string().meta({ description: "Absolute path on the server's machine" }),
    restoreCommand: z
      .string()
      .meta({ description: 'Shell command that restores the backup; stop Certdesk first' }),
  })
  .meta({ id: 'Backup' });
export type Backup = z.infer<typeof BackupSchema>;

/** Written to the restored database before it replaces the old one, so it exists only if the restore is complete. */
export const LastRestoreSchema = z
  .object({
    id: z.string(),
    at: TimestampSchema,
    createdAt: TimestampSchema.meta({ description: 'When the backup was created' }),
    by: z.string().meta({ description: 'Who restored the backup' }),
    aside: z.string().nullable().meta({ description: 'Subfolder of the data folder with the previous data' }),
  })
  .meta({ id: 'LastRestore' });
export type LastRestore = z.infer<typeof LastRestoreSchema>;

export const BackupListSchema = z
  .object({
    folder: z.string(),
    passphraseSet: z.boolean(),
    lastAt: TimestampSchema.nullable().meta({ description: 'Time of the last successful backup' }),
    lastError: z
      .string()
      .nullable()
      .meta({ description: 'Why the last attempt failed; null if it succeeded' }),
    nextAt: TimestampSchema.nullable().meta({
      description: 'Time of the next automatic backup; null if automatic backups are off',
    }),
    late: z.boolean(),
    restored: LastRestoreSchema.nullable().meta({
      description: 'The last restore of this installation; null if there was none',
    }),
    backups: z.array(BackupSchema).meta({ description: 'Newest first' }),
  })
  .meta({ id: 'Backups' });
export type BackupList = z.infer<typeof BackupListSchema>;

export const VerifiedBackupSchema = z
  .object({
    createdAt: TimestampSchema,
    certdesk: z.string(),
    schema: count,
    projects: count,
    certificates: count.meta({ description: 'Versions' }),
    secrets: count,
    secretStore: z.enum(['keychain', 'sealed-file']),
  })
  .meta({ id: 'VerifiedBackup' });
export type VerifiedBackup = z.infer<typeof VerifiedBackupSchema>;

/** Names any file on the server's machine, such as a backup of another installation. */
export const CheckBackupSchema = z.strictObject({
  file: z.string().min(1).max(4_096).meta({ description: "Absolute path on the server's machine" }),
  passphrase: z
    .string()
    .min(1)
    .max(1_000)
    .meta({ description: 'Passphrase of the backup; Certdesk does not store it' }),
});
export type CheckBackup = z.infer<typeof CheckBackupSchema>;

/** Counts the current data, which a restore would move to a subfolder. */
export const HereSchema = z
  .object({
    certdesk: z.string(),
    projects: count,
    certificates: count.meta({ description: 'Versions' }),
    secrets: count
      .nullable()
      .meta({ description: 'Number of secrets; null if the secret store cannot be read' }),
    secretStore: VerifiedBackupSchema.shape.secretStore,
  })
  .meta({ id: 'RestoredOver' });
export type Here = z.infer<typeof HereSchema>;

export const CheckedBackupSchema = VerifiedBackupSchema.extend({
  here: HereSchema,
  newer: z.boolean().meta({
    description: 'Whether a newer version of Certdesk created the backup, so this version cannot restore it',
  }),
  restoreCommand: BackupSchema.shape.restoreCommand,
}).meta({ id: 'CheckedBackup' });
export type CheckedBackup = z.infer<typeof CheckedBackupSchema>;

export const RestoreBegunSchema = z
  .object({
    id: z.string().meta({
      description: 'ID of the restore; GET /backups shows it in `restored` when the restore is complete',
    }),
    createdAt: TimestampSchema.meta({ description: 'When the backup was created' }),
    aside: z.string().nullable().meta({ description: 'Subfolder of the data folder for the previous data' }),
    signedIn: z.boolean().meta({
      description: 'Whether the calling browser stays signed in. API tokens become those of the backup',
    }),
  })
  .meta({ id: 'RestoreBegun' });
export type RestoreBegun = z.infer<typeof RestoreBegunSchema>;

export const BackupPassphraseSchema = z.strictObject({
  passphrase: z
    .string()
    .min(12)
    .max(1_000)
    .meta({ description: 'Stored in the secret store and never returned' }),
});
