// Schemas of the records of dns-persist-01: what they must say, and whether DNS has them.
import { z } from 'zod';
import { needOfCa } from './certificate.ts';
import { CertificateNameSchema } from './name-schema.ts';
import { TimestampSchema } from './time-schema.ts';

/** The most serious first. */
export const PERSIST_STATES = [
  'missing',
  'other-account',
  'no-wildcard',
  'expired',
  'ending',
  'unknown',
  'valid',
] as const;
/** The states in which the CA does not accept the record, or not much longer. */
export const PERSIST_ALARMS: readonly string[] = PERSIST_STATES.filter(
  (state) => state !== 'valid' && state !== 'unknown',
);
export const PersistStateSchema = z.enum(PERSIST_STATES).meta({
  description:
    'missing: there is no record of the CA; other-account: the record names another account; no-wildcard: it lacks policy=wildcard; expired: persistUntil is over; ending: persistUntil is over within 14 days; unknown: DNS could not be read; valid: the CA accepts the record',
});
export type PersistState = z.infer<typeof PersistStateSchema>;

export const PersistRecordSchema = z
  .object({
    name: z.string().meta({ examples: ['_validation-persist.example.com'] }),
    for: z.array(z.string()).meta({ description: 'The names of the certificate that it validates' }),
    value: z.string().nullable().meta({
      description: 'What the record must say; null as long as Certdesk has no account at the CA',
    }),
    record: z.string().nullable().meta({ description: 'The same in zone-file notation' }),
    state: PersistStateSchema,
    message: z.string(),
    endsAt: TimestampSchema.nullable().meta({ description: 'persistUntil of the record in DNS' }),
    tooWide: z.boolean().meta({
      description: 'Whether the record also permits wildcards, which the certificate does not need',
    }),
  })
  .meta({ id: 'PersistRecord' });
export type PersistRecord = z.infer<typeof PersistRecordSchema>;

export const PersistReportSchema = z
  .object({
    state: PersistStateSchema.meta({ description: 'The most serious state of the records' }),
    message: z.string(),
    ca: z.string(),
    accountUrl: z.string().nullable().meta({ description: 'The account that the records must name' }),
    watched: z.boolean().meta({
      description: 'Whether Certdesk checks the records every day, as it does for active certificates',
    }),
    checkedAt: TimestampSchema,
    records: z.array(PersistRecordSchema),
  })
  .meta({ id: 'PersistReport', outside: 'persist-report' });
export type PersistReport = z.infer<typeof PersistReportSchema>;

/** The request whose records are shown. */
export const PersistRequestSchema = z
  .strictObject({
    names: z
      .array(CertificateNameSchema)
      .min(1)
      .max(100)
      .meta({ description: 'Names of the certificate', reach: 'project', allProjects: true }),
    ca: z.string().min(1).max(2000).default('letsencrypt').meta({
      description: 'ID of a CA, or URL of an ACME directory',
      reach: 'project',
      reachOf: needOfCa,
    }),
    staging: z.boolean().default(false).meta({ reach: 'project' }),
    email: z
      .string()
      .max(320)
      .optional()
      .meta({ description: 'The address of the ACME account, which identifies it', reach: 'project' }),
  })
  .meta({ id: 'PersistRequest' });
export type PersistRequest = z.infer<typeof PersistRequestSchema>;
