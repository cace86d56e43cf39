// Schemas of imports: the certificates in the folder of another ACME client, and the result of an import. No secrets.
import { z } from 'zod';
import { ChallengeTypeSchema } from './certificate.ts';
import { DEPLOYMENT_KINDS } from './deployment-kinds.ts';
import { TimestampSchema } from './time-schema.ts';

export const ImportLayoutSchema = z.enum(['certbot', 'acme-sh', 'lego', 'pem']).meta({
  description: 'Layout of the folder. pem: any folder with certificates and keys, without renewal settings',
});
export type ImportLayout = z.infer<typeof ImportLayoutSchema>;

export const ImportFolderSchema = z
  .string()
  .min(1)
  .max(4096)
  .meta({
    description:
      "An absolute path on the server's machine; ~/ is the home folder of the user that Certdesk runs as",
    examples: ['/etc/letsencrypt'],
  });

export const ScanFolderSchema = z.strictObject({ folder: ImportFolderSchema }).meta({ id: 'ScanFolder' });

export const ImportCertificatesSchema = z
  .strictObject({
    folder: ImportFolderSchema,
    certificates: z
      .union([z.literal('all'), z.array(z.string().min(1).max(128)).min(1).max(1000)])
      .meta({ description: 'IDs from the scan, or `all` for every certificate that can be imported' }),
    deployments: z.boolean().default(true).meta({
      description:
        'Also create deployments for what the other client did after a renewal (hooks, installed files)',
    }),
    allowDuplicateDomain: z.boolean().optional().meta({
      description:
        'Import a certificate into a second project if a project with its domain has a certificate of the same kind of key (`sameDomain` of the scan); refused by default',
    }),
  })
  .meta({ id: 'ImportCertificates' });
export type ImportCertificates = z.infer<typeof ImportCertificatesSchema>;

const FoundDeploymentSchema = z
  .object({
    name: z.string().meta({ description: 'Where the other client names it' }),
    kind: z.enum(DEPLOYMENT_KINDS),
    paused: z.boolean().meta({ description: 'Whether a person must read and resume it before it runs' }),
    sentences: z.array(z.string()).meta({ description: 'What a run does, in order' }),
    notes: z.array(z.string()),
  })
  .meta({ id: 'FoundDeployment' });
export type FoundDeploymentInfo = z.infer<typeof FoundDeploymentSchema>;

const MethodSchema = z.object({
  challengeType: ChallengeTypeSchema,
  dnsProvider: z.string().nullable(),
  credentials: z.enum(['found', 'missing', 'not_needed']),
  ca: z.string().meta({ description: 'A CA ID from GET /cas, or a directory URL' }),
  staging: z.boolean(),
  account: z
    .enum(['found', 'missing'])
    .meta({ description: "Whether the folder contains the key of the other client's ACME account" }),
  autoRenew: z.boolean().meta({ description: 'Whether Certdesk would renew the certificate automatically' }),
});

export const FoundCertificateSchema = z
  .object({
    id: z
      .string()
      .nullable()
      .meta({ description: 'SHA-256 fingerprint of the certificate; null if it is unreadable' }),
    source: z.string().meta({ description: 'Path in the folder' }),
    names: z.array(z.string()),
    issuer: z.string().nullable(),
    expiresAt: TimestampSchema.nullable(),
    key: z.enum(['matches', 'missing', 'mismatch', 'encrypted', 'unreadable']),
    method: MethodSchema.nullable().meta({
      description: 'Validation method for renewals; null if Certdesk would not renew the certificate',
    }),
    problems: z
      .array(z.string())
      .meta({ description: 'Reasons why the certificate cannot be imported; empty if it can' }),
    notes: z.array(z.string()).meta({ description: 'What the user should know or do after the import' }),
    deployments: z.array(FoundDeploymentSchema).meta({
      description: 'What the other client did after a renewal: an import creates these deployments',
    }),
    project: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .meta({ description: 'The project that already has this certificate' }),
    sameDomain: z.object({ id: z.string(), name: z.string() }).nullable().meta({
      description:
        'Another project with its domain and a certificate of the same kind of key: an import creates a second project',
    }),
    importable: z.boolean(),
  })
  .meta({ id: 'FoundCertificate' });
export type FoundCertificate = z.infer<typeof FoundCertificateSchema>;

export const ScannedFolderSchema = z
  .object({
    folder: z.string().meta({ description: 'Real path of the folder, with symbolic links resolved' }),
    layout: ImportLayoutSchema,
    certificates: z.array(FoundCertificateSchema),
    skipped: z.array(z.string()).meta({ description: 'Skipped files, each with the reason; at most 100' }),
  })
  .meta({ id: 'ScannedFolder' });
export type ScannedFolder = z.infer<typeof ScannedFolderSchema>;

export const ImportedCertificateSchema = z
  .object({
    id: z.string().nullable(),
    source: z.string(),
    names: z.array(z.string()),
    outcome: z.enum(['imported', 'already', 'refused']),
    projectId: z.string().nullable(),
    autoRenew: z.boolean(),
    message: z.string(),
    notes: z.array(z.string()),
  })
  .meta({ id: 'ImportedCertificate' });
export type ImportedCertificate = z.infer<typeof ImportedCertificateSchema>;

export const ImportedCertificatesSchema = z
  .object({ success: z.literal(true), certificates: z.array(ImportedCertificateSchema) })
  .meta({ id: 'ImportedCertificates' });

export const SuggestedFoldersSchema = z.object({
  folders: z.array(z.object({ folder: z.string(), layout: ImportLayoutSchema })),
});
