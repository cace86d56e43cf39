// Schemas of the versions of a certificate, its chain and its issuance settings, for the detail page of the GUI.
import { z } from 'zod';
import {
  AcknowledgementSchema,
  CertificateTypeSchema,
  ChallengeTypeSchema,
  RevocationReasonSchema,
} from './certificate.ts';
import { TimestampSchema } from './time-schema.ts';

export const CertificateVersionSchema = z
  .object({
    id: z.string(),
    state: z.enum(['active', 'superseded', 'removed']),
    type: CertificateTypeSchema,
    domain: z.string(),
    names: z.array(z.string()),
    issuedAt: TimestampSchema,
    expiresAt: TimestampSchema,
    issuer: z.string().meta({ description: "The issuer's common name" }),
    serial: z.string(),
    fingerprint: z.string().meta({ description: 'SHA-256 fingerprint of the leaf, hex' }),
    staging: z.boolean(),
    storedAt: TimestampSchema,
    supersededAt: TimestampSchema.nullable(),
    removedAt: TimestampSchema.nullable(),
    restorableUntil: TimestampSchema.nullable().meta({
      description: 'Until when a removed certificate can be restored',
    }),
    revokedAt: TimestampSchema.nullable(),
    revocationReason: RevocationReasonSchema.nullable(),
    revocationRetry: z
      .object({
        reason: RevocationReasonSchema,
        failures: z.int(),
        nextAttemptAt: TimestampSchema,
        errorCode: z.string(),
      })
      .nullable()
      .meta({
        description:
          'Set while the CA has not revoked the version although its replacement is active; Certdesk tries again',
      }),
  })
  .meta({ id: 'CertificateVersion' });
export type CertificateVersion = z.infer<typeof CertificateVersionSchema>;

export const ChainLinkSchema = z
  .object({
    subject: z.string().meta({ description: 'Distinguished name (RFC 4514)' }),
    issuer: z.string(),
    commonName: z.string().meta({ description: 'Common name, or another name for display' }),
    issuerName: z.string().meta({ description: 'Name of the issuer for display' }),
    names: z.array(z.string()),
    issuedAt: TimestampSchema,
    expiresAt: TimestampSchema,
    validity: z.enum(['valid', 'expired', 'not_yet_valid']),
    serial: z.string(),
    fingerprint: z.string().meta({ description: 'SHA-256 fingerprint, hex' }),
    fingerprintSha1: z
      .string()
      .meta({ description: 'SHA-1 fingerprint, hex, for comparison with older tools' }),
    keyType: z.string(),
    keySize: z.int().nullable(),
    signatureAlgorithm: z.string(),
    isCa: z.boolean(),
    selfSigned: z.boolean(),
    pem: z.string(),
  })
  .meta({ id: 'ChainLink' });
export type ChainLink = z.infer<typeof ChainLinkSchema>;

/** How a certificate was obtained and is renewed. Contains names of credentials, never secrets. */
export const IssuanceSpecSchema = z
  .object({
    names: z.array(z.string()),
    ca: z.object({ id: z.string(), name: z.string() }),
    staging: z.boolean(),
    email: z.string().nullable(),
    keyType: z.enum(['rsa', 'ec']),
    keySize: z.int(),
    profile: z.string().nullable(),
    profileUse: z.enum(['required', 'preferred']).optional(),
    preferredChain: z.string().nullable(),
    challengeType: ChallengeTypeSchema,
    dnsProvider: z.object({ id: z.string(), name: z.string() }).nullable(),
    dnsCredential: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .meta({ description: 'The saved credential; null if the values are stored with the project' }),
  })
  .meta({ id: 'IssuanceSpec' });

export const CertificateDetailsSchema = z
  .object({
    id: z.string(),
    storedAt: TimestampSchema,
    autoRenew: z.boolean(),
    spec: IssuanceSpecSchema.nullable().meta({
      description: 'Issuance settings; null for an uploaded certificate',
    }),
    account: z
      .object({ url: z.string().nullable(), email: z.string().nullable(), directoryUrl: z.string() })
      .nullable()
      .meta({ description: 'The ACME account that ordered the certificate' }),
    chainWarning: z.string().nullable().meta({
      description: 'Set if the preferred chain ends at a root that is not in Mozilla’s root store',
    }),
    recordProblems: z.array(z.enum(['caa_forbidden', 'persist_record'])).meta({
      description:
        'DNS records that will keep the CA from renewing, as the last daily check found: watched CAA records, the record of dns-persist-01',
    }),
    clientAuth: z.object({
      permitted: z.boolean().meta({ description: 'Whether it may be used as a client (extended key usage)' }),
      warnings: z.array(z.string()).meta({
        description:
          'If it may not: deployments and endpoints that may present it as a client and are not acknowledged, as sentences',
      }),
      acknowledgement: AcknowledgementSchema.extend({
        uses: z.array(z.string()).meta({ description: 'What it covers, as sentences' }),
      })
        .meta({ id: 'ClientUseAcknowledgement', description: 'A user acknowledged these uses as a client' })
        .nullable(),
    }),
  })
  .meta({ id: 'CertificateDetails' });
export type CertificateDetails = z.infer<typeof CertificateDetailsSchema>;

export const LastRequestSchema = z
  .object({
    request: IssuanceSpecSchema.nullable().meta({
      description: 'Settings of the last request; null if there was none',
    }),
    autoRenew: z.boolean(),
    usesProjectCredentials: z
      .boolean()
      .meta({ description: 'Whether the DNS credentials of the request are stored with the project' }),
  })
  .meta({ id: 'LastRequest' });
export type LastRequest = z.infer<typeof LastRequestSchema>;

export const RestoreRequestSchema = z
  .strictObject({
    versionId: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: 'Default: the certificate that was removed last', reach: 'project' }),
  })
  .meta({ id: 'RestoreRequest' });
