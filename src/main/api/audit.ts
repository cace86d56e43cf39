// The audit trail, read and checked. It tells of every project and every token, so it is for all projects only.
import { z } from 'zod';
import { AuditPageSchema, AuditVerdictSchema, ListAuditSchema } from '../../shared/audit.ts';
import { operation, router } from './trpc.ts';

/** An entry that was noted down before, and is to be there: both or neither. */
const VerifySchema = z
  .object({
    seq: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .meta({ description: 'With `hash`: an entry noted before' }),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  })
  .refine(({ seq, hash }) => (seq === undefined) === (hash === undefined), {
    message: 'seq and hash go together',
    path: ['hash'],
  });

export const audit = router({
  list: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'GET', path: '/audit', summary: 'The audit trail, newest first' } })
    .input(ListAuditSchema)
    .output(AuditPageSchema)
    .query(({ ctx, input }) => ctx.engine.audit.list(input)),

  verify: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'GET', path: '/audit/verify', summary: 'Whether the audit trail was changed' } })
    .input(VerifySchema)
    .output(AuditVerdictSchema)
    .query(({ ctx, input: { seq, hash } }) =>
      ctx.engine.audit.verify(seq === undefined || hash === undefined ? undefined : { seq, hash }),
    ),
});
