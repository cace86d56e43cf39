// Backups, as the API and the GUI show them.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

const count = z.int().min(0);

export const BackupSchema = z
  .object({
    name: z.string(),
    createdAt: TimestampSchema,
    bytes: count,
    certdesk: z.string().meta({ description: 'The version that wrote it' }),
    schema: count.meta({ description: 'Of the database in it' }),
    file: z.string().meta({ description: 'Absolute path on the server' }),
    restoreCommand: z.string().meta({ description: 'Command that restores it while Certdesk is stopped' }),
  })
  .meta({ id: 'Backup' });
export type Backup = z.infer<typeof BackupSchema>;

/** Written into the restored database before it is in place: where it is read, that database is in use. */
export const LastRestoreSchema = z
  .object({
    id: z.string(),
    at: TimestampSchema,
    createdAt: TimestampSchema.meta({ description: 'Of the backup' }),
    by: z.string().meta({ description: 'Who restored it' }),
    aside: z.string().nullable().meta({ description: 'Folder below the data folder with the previous data' }),
  })
  .meta({ id: 'LastRestore' });
export type LastRestore = z.infer<typeof LastRestoreSchema>;

export const BackupListSchema = z
  .object({
    folder: z.string(),
    passphraseSet: z.boolean(),
    lastAt: TimestampSchema.nullable().meta({ description: 'When the last good backup was created' }),
    lastError: z
      .string()
      .nullable()
      .meta({ description: 'Why the last attempt failed; null where it did not' }),
    nextAt: TimestampSchema.nullable().meta({ description: 'Null: no scheduled backups' }),
    late: z.boolean(),
    restored: LastRestoreSchema.nullable().meta({
      description: 'The restore that the current data comes from',
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

/** Any file on the machine that Certdesk runs on: of another installation, say, before it is restored. */
export const CheckBackupSchema = z.strictObject({
  file: z.string().min(1).max(4_096).meta({ description: 'Absolute path on the server' }),
  passphrase: z
    .string()
    .min(1)
    .max(1_000)
    .meta({ description: 'Passphrase of that backup; it is not stored' }),
});
export type CheckBackup = z.infer<typeof CheckBackupSchema>;

/** What a restore would move aside. */
export const HereSchema = z
  .object({
    certdesk: z.string(),
    projects: count,
    certificates: count.meta({ description: 'Versions' }),
    secrets: count.nullable().meta({ description: 'Null: the secret store cannot be read' }),
    secretStore: VerifiedBackupSchema.shape.secretStore,
  })
  .meta({ id: 'RestoredOver' });
export type Here = z.infer<typeof HereSchema>;

export const CheckedBackupSchema = VerifiedBackupSchema.extend({
  here: HereSchema,
  newer: z
    .boolean()
    .meta({ description: 'It was created by a newer version of Certdesk, so this one cannot restore it' }),
  restoreCommand: BackupSchema.shape.restoreCommand,
}).meta({ id: 'CheckedBackup' });
export type CheckedBackup = z.infer<typeof CheckedBackupSchema>;

export const RestoreBegunSchema = z
  .object({
    id: z.string().meta({ description: 'The id of `restored` in GET /backups when the restore is complete' }),
    createdAt: TimestampSchema.meta({ description: 'Of the backup' }),
    aside: z.string().nullable().meta({ description: 'Folder below the data folder for the previous data' }),
    signedIn: z.boolean().meta({
      description: 'Whether the browser of this request stays signed in. API tokens revert to the backup',
    }),
  })
  .meta({ id: 'RestoreBegun' });
export type RestoreBegun = z.infer<typeof RestoreBegunSchema>;

export const BackupPassphraseSchema = z.strictObject({
  passphrase: z
    .string()
    .min(12)
    .max(1_000)
    .meta({ description: 'Saved in the secret store; never shown again' }),
});
