// DNS credentials and providers, as they are listed and asked for. Values are write-only: no answer ever holds one.
import { z } from 'zod';
import { DnsCredentialsSchema } from './certificate.ts';
import { LabelSchema } from './label.ts';
import { SavedBySchema } from './saved-by.ts';
import { TimestampSchema } from './time-schema.ts';

const provider = z.string().min(1).max(64).meta({ description: 'An id of GET /dns-providers' });

export const CreateDnsCredentialSchema = z
  .strictObject({ name: LabelSchema, provider, credentials: DnsCredentialsSchema.default({}) })
  .meta({ id: 'CreateDnsCredential' });
export type CreateDnsCredential = z.infer<typeof CreateDnsCredentialSchema>;

export const UpdateDnsCredentialSchema = z
  .strictObject({ name: LabelSchema.optional(), credentials: DnsCredentialsSchema.optional() })
  .meta({ id: 'UpdateDnsCredential' });
export type UpdateDnsCredential = z.infer<typeof UpdateDnsCredentialSchema>;

export const DnsCredentialSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    provider: z.string(),
    savedBy: SavedBySchema,
    createdAt: TimestampSchema,
    updatedAt: TimestampSchema,
    usedBy: z.array(z.object({ id: z.string(), name: z.string(), domain: z.string().nullable() })).meta({
      description:
        'Projects whose certificate is renewed with it, or whose leftover TXT record is to be removed with it',
    }),
  })
  .meta({ id: 'DnsCredential' });
export type DnsCredential = z.infer<typeof DnsCredentialSchema>;

const zone = z.string().trim().min(1).max(253).optional();

export const TestDnsCredentialSchema = z
  .strictObject({
    zone: zone.meta({ description: 'Where to write; the first zone of the account where left out' }),
  })
  .meta({ id: 'TestDnsCredential' });

export const TestDnsCredentialsSchema = z
  .strictObject({ provider, credentials: DnsCredentialsSchema.default({}), zone })
  .meta({ id: 'TestDnsCredentials' });
export type TestDnsCredentials = z.infer<typeof TestDnsCredentialsSchema>;

export const DnsCredentialTestSchema = z
  .object({
    success: z.literal(true),
    zone: z.string().nullable(),
    record: z.string().nullable().meta({ description: 'The TXT record that was written and removed' }),
    zones: z.int().nullable().meta({ description: 'How many zones the account lists' }),
    message: z.string(),
  })
  .meta({ id: 'DnsCredentialTest' });

export const DnsProviderSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    docs: z.string(),
    permissions: z.string(),
    credentials: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        secret: z.boolean(),
        required: z.boolean(),
        type: z.enum(['text', 'choice', 'json', 'lines']),
        choices: z.array(z.string()).optional(),
        default: z.string().optional(),
        help: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'DnsProvider' });
export type DnsProviderInfo = z.infer<typeof DnsProviderSchema>;
