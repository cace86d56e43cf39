// Schemas of the audit trail. Each entry contains the hash of the one before it.
import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';
import { TimestampSchema } from './time-schema.ts';

export const ActorKindSchema = z.enum(['token', 'window', 'command-line', 'certdesk']).meta({
  description:
    'token: an API token; window: a signed-in browser or the desktop application; command-line; certdesk: Certdesk itself',
});

export const AuditResultSchema = z.union([
  z.literal('ok'),
  z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
]);
export type AuditResult = z.infer<typeof AuditResultSchema>;

const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const AuditEntrySchema = z
  .object({
    seq: z.int().min(1).meta({ description: 'Sequence number: 1, 2, 3, … without gaps' }),
    at: TimestampSchema,
    actor: z.object({
      kind: ActorKindSchema,
      id: z.string().nullable().meta({ description: 'ID of the token or session' }),
      name: z.string(),
    }),
    address: z.string().nullable().meta({ description: 'Network address of the caller' }),
    operation: z.string().meta({ examples: ['certificates.obtain'] }),
    projectId: z.string().nullable(),
    jobId: z.string().nullable(),
    result: z.string().meta({ description: '`ok`, or the error code of the failure' }),
    message: z.string(),
    previous: hash.meta({ description: '`hash` of the previous entry; zeros in the first entry' }),
    hash: hash.meta({
      description: 'SHA-256 over this entry and `previous`, as defined in docs/audit-trail.md',
    }),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntrySchema>;

export const ListAuditSchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(20).optional().meta({ description: '`nextCursor` of the previous page' }),
  project: z.string().min(1).max(64).optional(),
  actor: z.string().min(1).max(200).optional().meta({ description: 'ID, name or kind of the actor' }),
  operation: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({
      description: 'An operation, such as projects.create, or its first part, such as projects',
      examples: ['certificates'],
    }),
  result: z
    .union([AuditResultSchema, z.literal('failed')])
    .optional()
    .meta({ description: '`ok`, `failed` (any error) or an error code' }),
  from: TimestampSchema.optional().meta({ description: 'Only entries at or after this time' }),
  to: TimestampSchema.optional().meta({ description: 'Only entries before this time' }),
});
export type ListAudit = z.infer<typeof ListAuditSchema>;

export const AuditPageSchema = z
  .object({
    entries: z.array(AuditEntrySchema),
    projects: z.record(z.string(), z.string()).meta({
      description: 'Maps project IDs in the entries to domains or names; deleted projects are missing',
    }),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'AuditPage' });
export type AuditPage = z.infer<typeof AuditPageSchema>;

export const AuditVerdictSchema = z
  .object({
    ok: z.boolean(),
    entries: z.int().meta({ description: 'Number of valid entries, counted from the first one' }),
    head: z
      .object({ seq: z.int(), hash })
      .nullable()
      .meta({ description: 'The last valid entry. Save it elsewhere to compare with a later check' }),
    broken: z
      .object({ seq: z.int(), reason: z.string() })
      .nullable()
      .meta({ description: 'The first invalid entry' }),
  })
  .meta({ id: 'AuditVerdict' });
export type AuditVerdict = z.infer<typeof AuditVerdictSchema>;
