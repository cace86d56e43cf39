// Schemas of saved DNS credentials and DNS providers. Values of credentials are write-only: no response contains one.
import { z } from 'zod';
import { DnsCredentialsSchema } from './certificate.ts';
import { needOfProviderBody } from './dns-provider-reach.ts';
import { LabelSchema } from './label.ts';
import { DnsNameSchema } from './name-schema.ts';
import { SavedBySchema } from './saved-by.ts';
import { TimestampSchema } from './time-schema.ts';

const provider = z.string().min(1).max(64).meta({ description: 'A provider ID from GET /dns-providers' });

const projectIds = z
  .array(z.string().min(1).max(64))
  .min(1)
  .max(1000)
  .nullable()
  .meta({ description: 'Projects that may use the credential; null for all' });
const zones = z
  .array(DnsNameSchema.refine((name) => !name.startsWith('*.'), 'is a wildcard: name the zone itself'))
  .min(1)
  .max(100)
  .nullable()
  .meta({
    description: 'Zones in which the credential may write records, at any name below them; null for all',
  });

export const CreateDnsCredentialSchema = z
  .strictObject({
    name: LabelSchema.meta({ reach: 'installation' }),
    provider: provider.meta({ reach: 'installation' }),
    credentials: DnsCredentialsSchema.default({}).meta({ reach: 'installation' }),
    projectIds: projectIds.default(null).meta({ reach: 'installation' }),
    zones: zones.default(null).meta({ reach: 'installation' }),
  })
  .meta({ id: 'CreateDnsCredential', reachOf: needOfProviderBody });
export type CreateDnsCredential = z.infer<typeof CreateDnsCredentialSchema>;

export const UpdateDnsCredentialSchema = z
  .strictObject({
    name: LabelSchema.optional().meta({ reach: 'installation' }),
    credentials: DnsCredentialsSchema.optional().meta({ reach: 'installation' }),
    projectIds: projectIds.optional().meta({ reach: 'installation' }),
    zones: zones.optional().meta({ reach: 'installation' }),
  })
  .meta({ id: 'UpdateDnsCredential', reachOf: needOfProviderBody });
export type UpdateDnsCredential = z.infer<typeof UpdateDnsCredentialSchema>;

export const DnsCredentialSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    provider: z.string(),
    savedBy: SavedBySchema,
    projectIds: z.array(z.string()).nullable().meta({
      description: 'Projects that may use the credential, as far as the caller may see them; null for all',
    }),
    zones: z.array(z.string()).nullable(),
    createdAt: TimestampSchema,
    updatedAt: TimestampSchema,
    usedBy: z.array(z.object({ id: z.string(), name: z.string(), domain: z.string().nullable() })).meta({
      description:
        'Projects that renew their certificate with the credential, or need it to remove a leftover TXT record',
    }),
  })
  .meta({ id: 'DnsCredential' });
export type DnsCredential = z.infer<typeof DnsCredentialSchema>;

const zone = z.string().trim().min(1).max(253).optional();

export const TestDnsCredentialSchema = z
  .strictObject({
    zone: zone.meta({
      description: 'Zone for the test record; default: the first zone of the account',
      reach: 'installation',
    }),
  })
  .meta({ id: 'TestDnsCredential' });

export const TestDnsCredentialsSchema = z
  .strictObject({
    provider: provider.meta({ reach: 'project' }),
    credentials: DnsCredentialsSchema.default({}).meta({ reach: 'project' }),
    zone: zone.meta({ reach: 'project' }),
  })
  .meta({ id: 'TestDnsCredentials', reachOf: needOfProviderBody });
export type TestDnsCredentials = z.infer<typeof TestDnsCredentialsSchema>;

export const DnsCredentialTestSchema = z
  .object({
    success: z.literal(true),
    zone: z.string().nullable(),
    record: z
      .string()
      .nullable()
      .meta({ description: 'Name of the TXT record that the test created and removed' }),
    zones: z.int().nullable().meta({ description: 'Number of zones in the account' }),
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
        alternativeTo: z.string().optional().meta({
          description:
            'A required field that this field, with all others that name the same one, can replace: a second form of credentials',
        }),
      }),
    ),
  })
  .meta({ id: 'DnsProvider' });
export type DnsProviderInfo = z.infer<typeof DnsProviderSchema>;
