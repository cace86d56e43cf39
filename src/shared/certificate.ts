// Schemas of the requests and responses of docs/certificates-api.txt, and of the additions in docs/rest-api.md.
import { z } from 'zod';
import { DeployedSchema } from './deployed.ts';
import { needOfObtain } from './dns-provider-reach.ts';
import { LabelSchema } from './label.ts';
import { CertificateNamesSchema } from './name-schema.ts';
import { CERTIFICATE_STATES, CERTIFICATE_TYPES } from './project-filters.ts';
import type { Need } from './reach.ts';
import { ServedSchema } from './served.ts';
import { TimestampSchema } from './time-schema.ts';

export const CertificateTypeSchema = z.enum(CERTIFICATE_TYPES).meta({
  description:
    "letsencrypt: issued by Let's Encrypt, or by the CA that --acme-directory names instead; acme: issued by another ACME CA; custom: uploaded",
});

export const CertificateStatusSchema = z
  .enum(CERTIFICATE_STATES)
  .meta({ description: 'expiring_soon: the certificate expires within 30 days' });

export const ChallengeTypeSchema = z.enum(['http-01', 'dns-01', 'tls-alpn-01', 'dns-persist-01']);
export type ChallengeType = z.infer<typeof ChallengeTypeSchema>;
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
 * Each provider declares the fields that it requires. A value is a string or a flat object (Google's key file, the
 * variables of a script). Deeper nesting is invalid, because it could exhaust the stack.
 */
export const DnsCredentialsSchema = z.record(
  z.string(),
  z.union([ScalarSchema, z.record(z.string(), z.union([ScalarSchema, z.array(ScalarSchema)]))]),
);

export const ExternalAccountSchema = z
  .strictObject({ kid: z.string().min(1).max(500), hmacKey: z.string().min(1).max(500) })
  .meta({ description: 'External account binding (RFC 8555 section 7.3.4); used once and never returned' });

/** A CA that is not built in is a URL that Certdesk would connect to. */
export const needOfCa = (ca: unknown): Need | null =>
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
        description: 'Bits. RSA: 2048 or 4096; EC: 256 or 384 (for EC, 2048 and 4096 mean 256)',
        reach: 'project',
      }),
    staging: z.boolean().default(false).meta({ reach: 'project' }),
    dryRun: z.boolean().default(false).meta({ reach: 'project' }),
    altNames: CertificateNamesSchema.optional().meta({ reach: 'project', allProjects: true }),
    ca: z.string().min(1).max(2000).default('letsencrypt').meta({ reach: 'project', reachOf: needOfCa }),
    profile: LabelSchema.max(100).optional().meta({ reach: 'project' }),
    profileUse: z.enum(['required', 'preferred']).optional().meta({
      description:
        'If the CA does not offer the profile: fail (`required`, the default) or issue without it (`preferred`)',
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

/**
 * Accepts base64 as tools write it: with line breaks, in the URL-safe alphabet (RFC 4648 section 5), or as a data URL.
 */
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

/** The documented request with two PEM texts, or uploaded files. A final check decides which fields are required. */
export const KeyPairRequestSchema = z
  .strictObject({
    certificate: z.string().min(1).optional().meta({
      description: 'The leaf and its chain in any order, as PEM; or DER, PKCS#7 or PKCS#12 in base64',
      reach: 'project',
    }),
    privateKey: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'PKCS#8, PKCS#1 or SEC 1, as PEM or as DER in base64', reach: 'project' }),
    passphrase: z.string().max(1024).optional().meta({ reach: 'project' }),
    file: FileContentSchema.optional().meta({
      description:
        'Instead of `certificate`: a file in base64 with PEM, DER, PKCS#7 or PKCS#12. It may also contain the private key',
      reach: 'project',
    }),
    keyFile: FileContentSchema.optional().meta({
      description: 'Instead of `privateKey`: a file in base64',
      reach: 'project',
    }),
    files: z.array(FileContentSchema).min(1).max(20).optional().meta({
      description:
        'Instead of all other fields: files in base64 that together contain the certificates and the key, in any order and format',
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
    description: 'Requires certificate and privateKey (or keyFile), or file, or files',
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
  .meta({ description: "Issued from the CA's staging directory, so browsers do not trust it" });

export const AcknowledgementSchema = z
  .object({ at: TimestampSchema, by: z.string(), note: z.string() })
  .meta({
    id: 'Acknowledgement',
    description: 'A user acknowledged the revocation, so it no longer needs attention',
  });

export const AcknowledgeRequestSchema = z
  .strictObject({
    note: LabelSchema.max(500).meta({
      description: 'Note for other users: why it needs no more attention',
      reach: 'project',
    }),
  })
  .meta({ id: 'AcknowledgeRequest' });

/** GET /projects/:id/certificate; the response is null if there is no certificate. */
export const CertificateSchema = z
  .object({
    ...issued,
    type: CertificateTypeSchema,
    issuer: z.string().meta({ description: "The issuer's common name" }),
    autoRenew: z.boolean(),
    names: z.array(z.string()),
    serial: z.string(),
    fingerprint: z.string().meta({ description: 'SHA-256 fingerprint of the leaf, hex' }),
    status: CertificateStatusSchema,
    renewedFrom: TimestampSchema.optional(),
    revokedAt: TimestampSchema.optional(),
    acknowledgement: AcknowledgementSchema.optional(),
    staging,
  })
  .meta({ id: 'Certificate' });
export type Certificate = z.infer<typeof CertificateSchema>;

const issuer = z.string().meta({ description: 'Organization of the issuer, or its common name' });

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
  .meta({
    description:
      'Content of each of `files`, also of PKCS#12 files if the passphrase is right. An error response has the same in details.files',
  });

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

/** GET …/certificate/status; the response is null if there is no certificate. */
export const StatusSchema = z
  .object({
    status: CertificateStatusSchema,
    domain: z.string(),
    expiresAt: TimestampSchema,
    daysUntilExpiry: z.int().meta({ description: 'Days until expiry, rounded up; 0 or less if expired' }),
    autoRenew: z.boolean(),
    lastRenewAttempt: TimestampSchema.nullable(),
    lastRenewError: z.string().nullable(),
    lastRenewErrorCode: z
      .string()
      .nullable()
      .meta({ description: 'A code from the error catalogue (docs/errors.md)' }),
    renewAt: TimestampSchema.nullable().meta({
      description: 'When renewal is due; null if the certificate will not be renewed',
    }),
    renewReason: z.string().nullable(),
    nextAttemptAt: TimestampSchema.nullable().meta({ description: 'Time of the next renewal attempt' }),
    renewFailures: z.int().meta({ description: 'Failed attempts since the last success' }),
    nextAttemptReason: z.string().nullable().meta({
      description:
        'The reason for nextAttemptAt, such as a due date, a failed attempt or a rate limit of the CA, or what the renewal waits for',
    }),
    waitsFor: z.string().nullable().meta({
      description: 'What a user must change before the next attempt; null if Certdesk retries automatically',
    }),
    renewWindow: z
      .object({ start: TimestampSchema, end: TimestampSchema })
      .nullable()
      .meta({ description: 'Renewal window that the CA suggests (ARI, RFC 9773); null if it suggests none' }),
    renewExplanationUrl: z.string().nullable().meta({ description: 'URL of an explanation by the CA' }),
    deployed: DeployedSchema.nullable().meta({
      description:
        'Whether the certificate is installed on every host that should have it; null if there are no deployments',
    }),
    served: ServedSchema.nullable().meta({
      description: 'What clients are given; null if no endpoint expects the certificate',
    }),
    staging,
  })
  .meta({ id: 'CertificateStatusReport', outside: 'renewal-status' });
export type Status = z.infer<typeof StatusSchema>;

export const RevokeRequestSchema = z
  .strictObject({
    reason: RevocationReasonSchema.default('unspecified').meta({ reach: 'project' }),
    replace: z.boolean().optional().meta({
      description:
        'First obtain and activate a replacement with the same settings and a new key; if that fails, nothing is revoked. Only for the active version',
      reach: 'project',
    }),
    versionId: z.string().min(1).max(64).optional().meta({
      description: 'A version from …/certificate/versions; default: the active version',
      reach: 'project',
    }),
  })
  .meta({ id: 'RevokeRequest' });
export type RevokeRequest = z.infer<typeof RevokeRequestSchema>;
