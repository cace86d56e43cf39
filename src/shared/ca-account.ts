// Schemas of ACME accounts. Their keys never leave the vault.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

export const CaAccountSchema = z
  .object({
    id: z.string(),
    directoryUrl: z.string(),
    ca: z
      .string()
      .nullable()
      .meta({ description: 'Name of the CA; null if its directory is not a built-in one' }),
    staging: z.boolean().nullable().meta({
      description: 'Whether the directory is a staging directory; null if it is not a built-in one',
    }),
    email: z.string().nullable(),
    url: z
      .string()
      .nullable()
      .meta({ description: 'Account URL at the CA; null if the account is not registered yet' }),
    createdAt: TimestampSchema,
    certificates: z
      .int()
      .min(0)
      .meta({ description: 'Number of active certificates that were issued to the account' }),
  })
  .meta({ id: 'CaAccount' });
export type CaAccount = z.infer<typeof CaAccountSchema>;

/** DNS records that name an account: if it is replaced by a new one, they must be replaced, too. */
export const AccountRecordsSchema = z
  .object({
    url: z.string().nullable().meta({ description: 'The account URL that the records contain' }),
    projects: z
      .array(
        z.object({
          projectId: z.string(),
          domain: z.string(),
          records: z.array(z.string()).meta({
            description: 'Names of the dns-persist-01 records',
            examples: [['_validation-persist.example.com']],
          }),
          caaLock: z.boolean().meta({
            description:
              'Whether the project has watched CAA records, which may name the account (accounturi)',
          }),
        }),
      )
      .meta({ description: 'CAA records that Certdesk does not watch are not among them' }),
  })
  .meta({ id: 'AccountRecords' });
export type AccountRecords = z.infer<typeof AccountRecordsSchema>;

/** draft-ietf-acme-profiles */
export const CaProfileSchema = z
  .object({
    name: z.string(),
    description: z.string().meta({ description: 'Description by the CA, often a URL' }),
  })
  .meta({ id: 'CaProfile' });
export type CaProfile = z.infer<typeof CaProfileSchema>;
