// Schemas of the doctor's operations.
import { z } from 'zod';
import { needOfCa } from './certificate.ts';
import { DOCTOR_CODES, FIX_KINDS } from './doctor.ts';
import { LabelSchema } from './label.ts';
import { CertificateNameSchema } from './name-schema.ts';

const METHODS = ['http-01', 'dns-01', 'tls-alpn-01', 'dns-persist-01'] as const;

export const DoctorRequestSchema = z
  .strictObject({
    names: z
      .array(CertificateNameSchema)
      .min(1)
      .max(100)
      .meta({ description: 'Names of the certificate', reach: 'project', allProjects: true }),
    challengeType: z
      .enum(METHODS)
      .default('http-01')
      .meta({ description: 'Validation method; wildcards are validated in DNS', reach: 'project' }),
    ca: z.string().min(1).max(2000).default('letsencrypt').meta({
      description: 'ID of a CA, or URL of an ACME directory',
      reach: 'project',
      reachOf: needOfCa,
    }),
    staging: z.boolean().default(false).meta({ reach: 'project' }),
    profile: z.string().min(1).max(100).optional().meta({ reach: 'project' }),
    preferredChain: LabelSchema.optional().meta({
      description: 'Common name of the topmost issuer of the wanted chain',
      reach: 'project',
    }),
    email: z
      .string()
      .max(320)
      .optional()
      .meta({ description: 'The address of the ACME account, which identifies it', reach: 'project' }),
  })
  .meta({ id: 'DoctorRequest' });
export type DoctorRequest = z.infer<typeof DoctorRequestSchema>;

const SeveritySchema = z.enum(['critical', 'warning', 'info', 'unknown']);

export const DoctorReportSchema = z
  .object({
    ca: z.string().meta({ description: 'The CA for which the names were examined' }),
    challenge: z.enum(METHODS),
    findings: z
      .array(
        z.object({
          code: z.enum(DOCTOR_CODES).meta({ description: 'docs/doctor.md lists the codes' }),
          severity: SeveritySchema,
          name: z.string().nullable().meta({ description: 'Null: all names' }),
          message: z.string(),
          fixes: z
            .array(
              z.object({
                kind: z.enum(FIX_KINDS),
                text: z.string(),
                instead: z
                  .literal(true)
                  .optional()
                  .meta({ description: 'An alternative to the fixes without this mark' }),
              }),
            )
            .meta({ description: 'What to paste; records are in zone-file notation' }),
          blocks: z.boolean().meta({ description: 'Whether the CA must refuse an order because of it' }),
        }),
      )
      .meta({ description: 'The most important first' }),
    names: z.array(
      z.object({
        name: z.string(),
        addresses: z.array(z.string()),
        ports: z.array(
          z.object({
            address: z.string(),
            port: z.int(),
            state: z.string(),
            who: z.string().nullable().meta({ description: 'Who answers' }),
          }),
        ),
        caa: z.array(z.string()).meta({ description: 'The CAA records that apply' }),
        dnssec: z.enum(['secure', 'unsigned', 'bogus', 'not-validated', 'unknown']),
        zone: z.string().nullable(),
        nameServers: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'DoctorReport' });
