// Versions of a certificate, its chain, and how it is obtained: what the detail page shows beside the documented answers.
import { z } from 'zod';
import { CertificateTypeSchema, ChallengeTypeSchema, RevocationReasonSchema } from './certificate.ts';
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
    fingerprint: z.string().meta({ description: 'SHA-256 of the leaf, hex' }),
    staging: z.boolean(),
    storedAt: TimestampSchema,
    supersededAt: TimestampSchema.nullable(),
    removedAt: TimestampSchema.nullable(),
    restorableUntil: TimestampSchema.nullable().meta({ description: 'Until when the removal can be undone' }),
    revokedAt: TimestampSchema.nullable(),
    revocationReason: RevocationReasonSchema.nullable(),
  })
  .meta({ id: 'CertificateVersion' });
export type CertificateVersion = z.infer<typeof CertificateVersionSchema>;

export const ChainLinkSchema = z
  .object({
    subject: z.string().meta({ description: 'RFC 4514' }),
    issuer: z.string(),
    commonName: z.string().meta({ description: 'Display name' }),
    issuerName: z.string().meta({ description: 'Display name of the issuer' }),
    names: z.array(z.string()),
    issuedAt: TimestampSchema,
    expiresAt: TimestampSchema,
    validity: z.enum(['valid', 'expired', 'not_yet_valid']),
    serial: z.string(),
    fingerprint: z.string().meta({ description: 'SHA-256, hex' }),
    fingerprintSha1: z.string().meta({ description: 'SHA-1, hex: what older tools show' }),
    keyType: z.string(),
    keySize: z.int().nullable(),
    signatureAlgorithm: z.string(),
    isCa: z.boolean(),
    selfSigned: z.boolean(),
    pem: z.string(),
  })
  .meta({ id: 'ChainLink' });
export type ChainLink = z.infer<typeof ChainLinkSchema>;

/** How a certificate was obtained and is renewed. Never a secret: credentials are named. */
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
      .meta({ description: 'The named credential; null where the values are kept with the project' }),
  })
  .meta({ id: 'IssuanceSpec' });

export const CertificateDetailsSchema = z
  .object({
    id: z.string(),
    storedAt: TimestampSchema,
    autoRenew: z.boolean(),
    spec: IssuanceSpecSchema.nullable().meta({ description: 'Null for an uploaded certificate' }),
    account: z
      .object({ url: z.string().nullable(), email: z.string().nullable(), directoryUrl: z.string() })
      .nullable()
      .meta({ description: 'The ACME account that it was ordered with' }),
  })
  .meta({ id: 'CertificateDetails' });
export type CertificateDetails = z.infer<typeof CertificateDetailsSchema>;

export const LastRequestSchema = z
  .object({
    request: IssuanceSpecSchema.nullable().meta({ description: 'Null where none was ever requested' }),
    autoRenew: z.boolean(),
    usesProjectCredentials: z
      .boolean()
      .meta({ description: 'The DNS credentials of the request were saved with the project' }),
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
      .meta({ description: 'The one removed last where left out', reach: 'project' }),
  })
  .meta({ id: 'RestoreRequest' });
