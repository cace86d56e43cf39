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
    url: z.string().nullable().meta({ description: "The account's address at the CA; null: not made yet" }),
    createdAt: TimestampSchema,
    certificates: z.int().min(0).meta({ description: 'Active certificates that came by it' }),
  })
  .meta({ id: 'CaAccount' });
export type CaAccount = z.infer<typeof CaAccountSchema>;

/** draft-ietf-acme-profiles */
export const CaProfileSchema = z
  .object({
    name: z.string(),
    description: z.string().meta({ description: "The CA's own words, often the address of a page" }),
  })
  .meta({ id: 'CaProfile' });
export type CaProfile = z.infer<typeof CaProfileSchema>;
