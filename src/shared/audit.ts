// The audit trail: who did what, when, from where, and how it ended; each entry holds the hash of the one before.
import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';
import { TimestampSchema } from './time-schema.ts';

export const ActorKindSchema = z.enum(['token', 'window', 'command-line', 'certdesk']).meta({
  description: 'An API token, a signed-in browser or desktop window, the command line, or Certdesk itself',
});

export const AuditResultSchema = z.union([
  z.literal('ok'),
  z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
]);
export type AuditResult = z.infer<typeof AuditResultSchema>;

const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const AuditEntrySchema = z
  .object({
    seq: z.int().min(1).meta({ description: '1, 2, 3 … without a gap' }),
    at: TimestampSchema,
    actor: z.object({
      kind: ActorKindSchema,
      id: z.string().nullable().meta({ description: "The token's or session's id" }),
      name: z.string(),
    }),
    address: z.string().nullable().meta({ description: 'Network address of the caller' }),
    operation: z.string().meta({ examples: ['certificates.obtain'] }),
    projectId: z.string().nullable(),
    jobId: z.string().nullable(),
    result: z.string().meta({ description: '`ok`, or the code of the failure' }),
    message: z.string(),
    previous: hash.meta({ description: '`hash` of the entry before; zeros in the first one' }),
    hash: hash.meta({ description: 'SHA-256 of this entry and `previous`, as docs/audit-trail.md defines' }),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntrySchema>;

export const ListAuditSchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(20).optional().meta({ description: '`nextCursor` of the page before' }),
  project: z.string().min(1).max(64).optional(),
  actor: z.string().min(1).max(200).optional().meta({ description: 'Id, name or kind of who did it' }),
  operation: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'An operation, or the first word of several', examples: ['certificates'] }),
  result: z
    .union([AuditResultSchema, z.literal('failed')])
    .optional()
    .meta({ description: '`ok`, `failed` (all but ok), or a code' }),
  from: TimestampSchema.optional().meta({ description: 'At this time or later' }),
  to: TimestampSchema.optional().meta({ description: 'Before this time' }),
});
export type ListAudit = z.infer<typeof ListAuditSchema>;

export const AuditPageSchema = z
  .object({
    entries: z.array(AuditEntrySchema),
    projects: z.record(z.string(), z.string()).meta({
      description:
        'The domain or name, by id, of each project that the entries are of and that is still there',
    }),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'AuditPage' });
export type AuditPage = z.infer<typeof AuditPageSchema>;

export const AuditVerdictSchema = z
  .object({
    ok: z.boolean(),
    entries: z.int().meta({ description: 'How many are right, from the first one on' }),
    head: z
      .object({ seq: z.int(), hash })
      .nullable()
      .meta({ description: 'The last intact entry: store it elsewhere to verify against it later' }),
    broken: z
      .object({ seq: z.int(), reason: z.string() })
      .nullable()
      .meta({ description: 'The first altered entry' }),
  })
  .meta({ id: 'AuditVerdict' });
export type AuditVerdict = z.infer<typeof AuditVerdictSchema>;
