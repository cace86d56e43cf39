// What is said of certificates: the answers and requests of certificates-api.txt and the additions of docs/rest-api.md.
import { z } from 'zod';
import { needOfObtain } from './dns-provider-reach.ts';
import { LabelSchema } from './label.ts';
import { DnsNameSchema } from './name-schema.ts';
import { CERTIFICATE_STATES, CERTIFICATE_TYPES } from './project-filters.ts';
import type { Need } from './reach.ts';
import { TimestampSchema } from './time-schema.ts';

export const CertificateTypeSchema = z.enum(CERTIFICATE_TYPES).meta({
  description:
    "letsencrypt: from Let's Encrypt, or from the CA that --acme-directory puts in its place; acme: from another ACME CA; custom: uploaded",
});

export const CertificateStatusSchema = z
  .enum(CERTIFICATE_STATES)
  .meta({ description: 'expiring_soon: 30 days or less left' });

export const ChallengeTypeSchema = z.enum(['http-01', 'dns-01']);
export const KeyTypeSchema = z.enum(['rsa', 'ec']);

/** RFC 5280 section 5.3.1, the reasons that a subscriber may give (RFC 8555 section 7.6). */
export const REVOCATION_REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
} as const;
export const RevocationReasonSchema = z.enum([
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
]);
export type RevocationReason = z.infer<typeof RevocationReasonSchema>;

const ScalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/**
 * Which fields a provider wants is declared by the provider: a text, or a flat object (Google's key file, the variables
 * of a script). Nothing deeper, so that nobody's nesting can exhaust the stack.
 */
export const DnsCredentialsSchema = z.record(
  z.string(),
  z.union([ScalarSchema, z.record(z.string(), z.union([ScalarSchema, z.array(ScalarSchema)]))]),
);

export const ExternalAccountSchema = z
  .strictObject({ kid: z.string().min(1).max(500), hmacKey: z.string().min(1).max(500) })
  .meta({ description: 'External account binding (RFC 8555 section 7.3.4); used once, never shown again' });

/** The directory of a CA that is not listed is an address that Certdesk calls. */
const needOfCa = (ca: unknown): Need | null =>
  typeof ca === 'string' && ca.includes(':') ? { reach: 'project', allProjects: true } : null;

export const ObtainRequestSchema = z
  .strictObject({
    email: z.email().max(320).optional().meta({ reach: 'project' }),
    challengeType: ChallengeTypeSchema.meta({ reach: 'project' }),
    dnsProvider: z.string().min(1).max(64).optional().meta({ reach: 'project' }),
    dnsCredentials: DnsCredentialsSchema.optional().meta({ reach: 'project' }),
    dnsCredentialId: z.string().min(1).max(64).optional().meta({ reach: 'project' }),
    autoRenew: z.boolean().default(true).meta({ reach: 'project' }),
    keyType: KeyTypeSchema.default('rsa').meta({ reach: 'project' }),
    keySize: z
      .union([z.literal(2048), z.literal(4096), z.literal(256), z.literal(384)], {
        error: 'expected 2048 or 4096 for RSA, 256 or 384 for EC',
      })
      .default(2048)
      .meta({
        description: 'RSA: 2048 or 4096; EC: 256 or 384 (2048 and 4096 mean 256 there)',
        reach: 'project',
      }),
    staging: z.boolean().default(false).meta({ reach: 'project' }),
    dryRun: z.boolean().default(false).meta({ reach: 'project' }),
    altNames: z.array(DnsNameSchema).max(99).optional().meta({ reach: 'project', allProjects: true }),
    ca: z.string().min(1).max(2000).default('letsencrypt').meta({ reach: 'project', reachOf: needOfCa }),
    profile: LabelSchema.max(100).optional().meta({ reach: 'project' }),
    profileUse: z.enum(['required', 'preferred']).optional().meta({
      description:
        'What if the CA does not offer the profile: fail (`required`), or do without (`preferred`). `required` where left out',
      reach: 'project',
    }),
    preferredChain: LabelSchema.optional().meta({ reach: 'project' }),
    eab: ExternalAccountSchema.optional().meta({ reach: 'project' }),
  })
  .refine((body) => body.keyType === 'ec' || body.keySize === 2048 || body.keySize === 4096, {
    path: ['keySize'],
    message: 'an RSA key has 2048 or 4096 bits',
  })
  .meta({ id: 'ObtainRequest', reachOf: needOfObtain });
export type ObtainRequest = z.infer<typeof ObtainRequestSchema>;

/** The documented request, two PEM texts, or files as people have them. Which parts must be there is checked at the end. */
/** base64 as tools write it: in lines, with the alphabet for addresses (RFC 4648 section 5), or as a data URL. */
const FileContentSchema = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .replace(/^data:[^,]{0,200};base64,/, '')
          .replace(/\s+/g, '')
          .replaceAll('-', '+')
          .replaceAll('_', '/')
          .replace(/[^=]$/, (end, at: number) => end + '='.repeat((4 - ((at + 1) % 4)) % 4))
      : value,
  z.base64().min(1),
);

export const KeyPairRequestSchema = z
  .strictObject({
    certificate: z.string().min(1).optional().meta({
      description: 'PEM: the leaf and its chain, in any order; or base64 of DER, PKCS#7 or PKCS#12',
      reach: 'project',
    }),
    privateKey: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'PEM, or base64 of DER: PKCS#8, PKCS#1 or SEC 1', reach: 'project' }),
    passphrase: z.string().max(1024).optional().meta({ reach: 'project' }),
    file: FileContentSchema.optional().meta({
      description:
        'In place of `certificate`: the bytes of a file, PEM, DER, PKCS#7 or PKCS#12, whatever its name. It may hold the private key too',
      reach: 'project',
    }),
    keyFile: FileContentSchema.optional().meta({
      description: 'In place of `privateKey`: the bytes of a file, as for `file`',
      reach: 'project',
    }),
    files: z.array(FileContentSchema).min(1).max(20).optional().meta({
      description:
        'In place of all others: the bytes of files that hold certificates and key together, in any order and form',
      reach: 'project',
    }),
  })
  .superRefine(({ certificate, privateKey, file, keyFile, files }, ctx) => {
    const refuse = (field: string, message: string) =>
      ctx.addIssue({ code: 'custom', path: [field], message });
    const absent = 'expected string, received undefined';
    if (files !== undefined) {
      const given = { certificate, privateKey, file, keyFile };
      for (const [field, value] of Object.entries(given))
        if (value !== undefined) refuse(field, 'send files or the other fields, not both');
      return;
    }
    if (file === undefined && certificate === undefined) refuse('certificate', absent);
    if (file === undefined && privateKey === undefined && keyFile === undefined) refuse('privateKey', absent);
    if (file !== undefined && certificate !== undefined) refuse('file', 'send certificate or file, not both');
    if (keyFile !== undefined && privateKey !== undefined)
      refuse('keyFile', 'send privateKey or keyFile, not both');
  })
  .meta({
    id: 'KeyPairRequest',
    description: 'Send certificate and privateKey (or keyFile), or file, or files',
  });
export type KeyPairRequest = z.infer<typeof KeyPairRequestSchema>;

export const WarningSchema = z.object({
  code: z.enum([
    'EXPIRES_SOON',
    'SELF_SIGNED',
    'CHAIN_INCOMPLETE',
    'EXPIRED_ROOT',
    'CHAIN_OUT_OF_ORDER',
    'UNCOMMON_KEY',
    'NOT_FOR_SERVERS',
    'OTHER_NAMES',
  ]),
  message: z.string(),
});
export type Warning = z.infer<typeof WarningSchema>;

const issued = {
  domain: z.string(),
  issuedAt: TimestampSchema,
  expiresAt: TimestampSchema,
};
const staging = z
  .literal(true)
  .optional()
  .meta({ description: "From the CA's staging directory: not trusted" });

export const AcknowledgementSchema = z
  .object({ at: TimestampSchema, by: z.string(), note: z.string() })
  .meta({
    id: 'Acknowledgement',
    description: 'A person acknowledged the revocation: it needs no attention',
  });

export const AcknowledgeRequestSchema = z
  .strictObject({
    note: LabelSchema.max(500).meta({ description: 'Why it was revoked, for others', reach: 'project' }),
  })
  .meta({ id: 'AcknowledgeRequest' });

/** GET /projects/:id/certificate; null where there is none. */
export const CertificateSchema = z
  .object({
    ...issued,
    type: CertificateTypeSchema,
    issuer: z.string().meta({ description: "The issuer's common name" }),
    autoRenew: z.boolean(),
    names: z.array(z.string()),
    serial: z.string(),
    fingerprint: z.string().meta({ description: 'SHA-256 of the leaf, hex' }),
    status: CertificateStatusSchema,
    renewedFrom: TimestampSchema.optional(),
    revokedAt: TimestampSchema.optional(),
    acknowledgement: AcknowledgementSchema.optional(),
    staging,
  })
  .meta({ id: 'Certificate' });
export type Certificate = z.infer<typeof CertificateSchema>;

const issuer = z.string().meta({ description: "The issuer's organization, or its common name" });

export const ObtainedSchema = z
  .object({
    ...issued,
    issuer,
    autoRenew: z.boolean(),
    type: CertificateTypeSchema,
    names: z.array(z.string()),
    staging,
  })
  .meta({ id: 'ObtainedCertificate' });
export type Obtained = z.infer<typeof ObtainedSchema>;

export const RenewedSchema = z
  .object({ ...issued, renewedFrom: TimestampSchema, issuer, autoRenew: z.boolean(), staging })
  .meta({ id: 'RenewedCertificate' });
export type Renewed = z.infer<typeof RenewedSchema>;

export const UploadedSchema = z
  .object({ ...issued, type: z.literal('custom'), issuer })
  .meta({ id: 'UploadedCertificate' });
export type Uploaded = z.infer<typeof UploadedSchema>;

const FileContentsSchema = z
  .array(
    z
      .object({
        certificates: z.int(),
        keys: z.int(),
        pkcs12: z.int(),
        problem: z.string().nullable(),
      })
      .meta({ id: 'FileContent' }),
  )
  .meta({ description: 'Of each of `files`: what it holds. On a refusal, details.files has the same' });

export type FileContent = z.infer<typeof FileContentsSchema>[number];

export const ValidationSchema = z
  .union([
    z
      .object({
        valid: z.literal(true),
        domain: z.string(),
        expiresAt: TimestampSchema,
        issuer,
        issuedAt: TimestampSchema,
        names: z.array(z.string()),
        warnings: z.array(z.string()),
        warningCodes: z.array(WarningSchema.shape.code),
        files: FileContentsSchema.optional(),
      })
      .meta({ id: 'ValidationPassed' }),
    z
      .object({ valid: z.literal(false), error: z.string(), code: z.string(), details: z.json().optional() })
      .meta({ id: 'ValidationFailed' }),
  ])
  .meta({ id: 'Validation' });
export type Validation = z.infer<typeof ValidationSchema>;

/** GET …/certificate/status; null where there is no certificate. */
export const StatusSchema = z
  .object({
    status: CertificateStatusSchema,
    domain: z.string(),
    expiresAt: TimestampSchema,
    daysUntilExpiry: z.int().meta({ description: 'Whole days left, rounded up; 0 or less once expired' }),
    autoRenew: z.boolean(),
    lastRenewAttempt: TimestampSchema.nullable(),
    lastRenewError: z.string().nullable(),
    lastRenewErrorCode: z.string().nullable().meta({ description: 'Of the error catalogue' }),
    renewAt: TimestampSchema.nullable().meta({
      description: 'When a renewal is due; null where none will be made',
    }),
    renewReason: z.string().nullable(),
    nextAttemptAt: TimestampSchema.nullable().meta({ description: 'When the next renewal is tried' }),
    renewFailures: z.int().meta({ description: 'Failed attempts since the last success' }),
    nextAttemptReason: z.string().nullable().meta({
      description:
        'Why it is tried at nextAttemptAt (it is due, an attempt has failed, a limit of the CA), or what it waits for',
    }),
    waitsFor: z.string().nullable().meta({
      description: 'What must change before it is tried again; null where it is tried by itself',
    }),
    renewWindow: z
      .object({ start: TimestampSchema, end: TimestampSchema })
      .nullable()
      .meta({ description: 'What the CA suggests (ARI, RFC 9773); null where it suggests nothing' }),
    renewExplanationUrl: z.string().nullable().meta({ description: "The CA's page about that window" }),
    staging,
  })
  .meta({ id: 'CertificateStatusReport', outside: 'renewal-status' });
export type Status = z.infer<typeof StatusSchema>;

export const RevokeRequestSchema = z
  .strictObject({
    reason: RevocationReasonSchema.default('unspecified').meta({ reach: 'project' }),
    replace: z.boolean().optional().meta({
      description:
        'Obtain a replacement with a new key first, with the same settings, and take it into use; where that fails nothing is revoked. Only for the certificate in use',
      reach: 'project',
    }),
    versionId: z.string().min(1).max(64).optional().meta({
      description: 'Of …/certificate/versions; the one in use where left out',
      reach: 'project',
    }),
  })
  .meta({ id: 'RevokeRequest' });
export type RevokeRequest = z.infer<typeof RevokeRequestSchema>;
