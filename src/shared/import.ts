// Import: what is found in the folder of another ACME client, and what came of taking it over. No secret is in it.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

export const ImportLayoutSchema = z.enum(['certbot', 'acme-sh', 'lego', 'pem']).meta({
  description: 'pem: any folder of certificates and keys, without renewal settings',
});
export type ImportLayout = z.infer<typeof ImportLayoutSchema>;

export const ImportFolderSchema = z
  .string()
  .min(1)
  .max(4096)
  .meta({
    description: "Absolute path on the server; ~/ is the home of Certdesk's user",
    examples: ['/etc/letsencrypt'],
  });

export const ScanFolderSchema = z.strictObject({ folder: ImportFolderSchema }).meta({ id: 'ScanFolder' });

export const TakeOverSchema = z
  .strictObject({
    folder: ImportFolderSchema,
    certificates: z
      .union([z.literal('all'), z.array(z.string().min(1).max(128)).min(1).max(1000)])
      .meta({ description: 'Ids of the scan, or all that can be imported' }),
    allowDuplicateDomain: z.boolean().optional().meta({
      description:
        'Import a certificate into a second project if a project with its domain has a certificate of the same kind of key (`sameDomain` of the scan); refused by default',
    }),
  })
  .meta({ id: 'TakeOver' });
export type TakeOver = z.infer<typeof TakeOverSchema>;

const MethodSchema = z.object({
  challengeType: z.enum(['http-01', 'dns-01']),
  dnsProvider: z.string().nullable(),
  credentials: z.enum(['found', 'missing', 'not_needed']),
  ca: z.string().meta({ description: 'An id of GET /cas, or the URL of a directory' }),
  staging: z.boolean(),
  account: z.enum(['found', 'missing']).meta({ description: "The key of the other client's ACME account" }),
  autoRenew: z.boolean().meta({ description: 'Whether Certdesk would renew it automatically' }),
});

export const FoundCertificateSchema = z
  .object({
    id: z
      .string()
      .nullable()
      .meta({ description: 'SHA-256 of the certificate; null where it is unreadable' }),
    source: z.string().meta({ description: 'Where in the folder' }),
    names: z.array(z.string()),
    issuer: z.string().nullable(),
    expiresAt: TimestampSchema.nullable(),
    key: z.enum(['matches', 'missing', 'mismatch', 'encrypted', 'unreadable']),
    method: MethodSchema.nullable().meta({ description: 'Null: Certdesk would not renew it' }),
    problems: z.array(z.string()).meta({ description: 'Why it cannot be imported' }),
    notes: z.array(z.string()).meta({ description: 'What to know or do if you import it' }),
    project: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .meta({ description: 'The project that has it already' }),
    sameDomain: z.object({ id: z.string(), name: z.string() }).nullable().meta({
      description:
        'Another project with its domain and a certificate of the same kind of key: an import creates a second project',
    }),
    takeable: z.boolean(),
  })
  .meta({ id: 'FoundCertificate' });
export type FoundCertificate = z.infer<typeof FoundCertificateSchema>;

export const ScannedFolderSchema = z
  .object({
    folder: z.string().meta({ description: 'Its real path' }),
    layout: ImportLayoutSchema,
    certificates: z.array(FoundCertificateSchema),
    skipped: z
      .array(z.string())
      .meta({ description: 'The files that were skipped, each with the reason; at most 100' }),
  })
  .meta({ id: 'ScannedFolder' });
export type ScannedFolder = z.infer<typeof ScannedFolderSchema>;

export const TakenCertificateSchema = z
  .object({
    id: z.string().nullable(),
    source: z.string(),
    names: z.array(z.string()),
    outcome: z.enum(['taken', 'already', 'refused']),
    projectId: z.string().nullable(),
    autoRenew: z.boolean(),
    message: z.string(),
    notes: z.array(z.string()),
  })
  .meta({ id: 'TakenCertificate' });
export type TakenCertificate = z.infer<typeof TakenCertificateSchema>;

export const TakenOverSchema = z
  .object({ success: z.literal(true), certificates: z.array(TakenCertificateSchema) })
  .meta({ id: 'TakenOver' });

export const SuggestedFoldersSchema = z.object({
  folders: z.array(z.object({ folder: z.string(), layout: ImportLayoutSchema })),
});
