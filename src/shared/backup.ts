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
    file: z.string().meta({ description: 'Its whole path, on the machine of Certdesk' }),
    restoreCommand: z.string().meta({ description: 'What restores it, once Certdesk is stopped' }),
  })
  .meta({ id: 'Backup' });
export type Backup = z.infer<typeof BackupSchema>;

/** Written into the restored database before it is in place: where it is read, that database is in use. */
export const LastRestoreSchema = z
  .object({
    id: z.string(),
    at: TimestampSchema,
    createdAt: TimestampSchema.meta({ description: 'Of the backup' }),
    by: z.string().meta({ description: 'Who has restored it' }),
    aside: z
      .string()
      .nullable()
      .meta({ description: 'The folder, below the data folder, with what was there before' }),
  })
  .meta({ id: 'LastRestore' });
export type LastRestore = z.infer<typeof LastRestoreSchema>;

export const BackupListSchema = z
  .object({
    folder: z.string(),
    passphraseSet: z.boolean(),
    lastAt: TimestampSchema.nullable().meta({ description: 'When the last good one was made' }),
    lastError: z
      .string()
      .nullable()
      .meta({ description: 'Why the last attempt failed; null where it did not' }),
    nextAt: TimestampSchema.nullable().meta({ description: 'Null: none by itself' }),
    late: z.boolean(),
    restored: LastRestoreSchema.nullable().meta({ description: 'What is here came by this restore' }),
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
  file: z.string().min(1).max(4_096).meta({ description: 'Its whole path, on the machine of Certdesk' }),
  passphrase: z.string().min(1).max(1_000).meta({ description: 'Of that backup; it is kept nowhere' }),
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
    .meta({ description: 'It is of a newer Certdesk than this one, which cannot restore it' }),
  restoreCommand: BackupSchema.shape.restoreCommand,
}).meta({ id: 'CheckedBackup' });
export type CheckedBackup = z.infer<typeof CheckedBackupSchema>;

export const RestoreBegunSchema = z
  .object({
    id: z.string().meta({ description: 'That of `restored` in GET /backups once it is done' }),
    createdAt: TimestampSchema.meta({ description: 'Of the backup' }),
    aside: z
      .string()
      .nullable()
      .meta({ description: 'The folder, below the data folder, for what was there before' }),
    signedIn: z.boolean().meta({
      description: 'Whether the browser that asked stays signed in. API tokens are those of the backup',
    }),
  })
  .meta({ id: 'RestoreBegun' });
export type RestoreBegun = z.infer<typeof RestoreBegunSchema>;

export const BackupPassphraseSchema = z.strictObject({
  passphrase: z
    .string()
    .min(12)
    .max(1_000)
    .meta({ description: 'Kept in the secret store; never shown again' }),
});
