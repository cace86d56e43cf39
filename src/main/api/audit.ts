// Operations on the audit trail. It covers every project and token, so a token that is limited to projects has no
// access.
import { z } from 'zod';
import { AuditPageSchema, AuditVerdictSchema, ListAuditSchema } from '../../shared/audit.ts';
import { operation, router } from './trpc.ts';

/** An entry that the caller saw earlier and expects to find: both fields or neither. */
const VerifySchema = z
  .object({
    seq: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Sequence number of an entry from an earlier check; requires `hash`' }),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  })
  .refine(({ seq, hash }) => (seq === undefined) === (hash === undefined), {
    message: 'seq and hash must be given together',
    path: ['hash'],
  });

export const audit = router({
  list: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'GET', path: '/audit', summary: 'List audit trail entries, newest first' } })
    .input(ListAuditSchema)
    .output(AuditPageSchema)
    .query(({ ctx, input }) => ctx.engine.audit.list(input)),

  verify: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/audit/verify',
        summary: 'Verify that no audit trail entry was changed or removed',
      },
    })
    .input(VerifySchema)
    .output(AuditVerdictSchema)
    .query(({ ctx, input: { seq, hash } }) =>
      ctx.engine.audit.verify(seq === undefined || hash === undefined ? undefined : { seq, hash }),
    ),
});
