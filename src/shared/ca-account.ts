// Accounts at CAs, as they are listed. Their keys never leave the vault.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

export const CaAccountSchema = z
  .object({
    id: z.string(),
    directoryUrl: z.string(),
    ca: z.string().nullable().meta({ description: 'Name of the CA, where its directory is a known one' }),
    staging: z.boolean().nullable().meta({ description: 'Null where the directory is not a known one' }),
    email: z.string().nullable(),
    url: z
      .string()
      .nullable()
      .meta({ description: 'URL of the account at the CA; null: not registered yet' }),
    createdAt: TimestampSchema,
    certificates: z.int().min(0).meta({ description: 'Active certificates issued with it' }),
  })
  .meta({ id: 'CaAccount' });
export type CaAccount = z.infer<typeof CaAccountSchema>;

/** draft-ietf-acme-profiles */
export const CaProfileSchema = z
  .object({
    name: z.string(),
    description: z.string().meta({ description: "The CA's own text, often the URL of a page" }),
  })
  .meta({ id: 'CaProfile' });
export type CaProfile = z.infer<typeof CaProfileSchema>;
