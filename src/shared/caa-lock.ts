// Schemas of the CAA lock: CAA records that bind the issuance of a project's names to one CA, account and method.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

export const CaaLockStateSchema = z.enum(['locked', 'loose', 'open', 'forbidden', 'unknown']).meta({
  description:
    'locked: only this CA, account and method may issue; loose: they may, and others too; open: no CAA record restricts issuance; forbidden: the CAA records do not permit the CA, so renewals will fail; unknown: DNS could not be read',
});
export type CaaLockState = z.infer<typeof CaaLockStateSchema>;

/** Without names and values. */
export const CAA_LOCK_SENTENCES: Readonly<Record<CaaLockState, string>> = {
  forbidden: 'The CAA records do not permit the CA, so the next renewal will fail',
  unknown: 'The CAA records could not be read',
  open: 'No CAA record restricts issuance',
  loose: 'The CAA records permit more than this CA, account and method',
  locked: 'Only this CA, account and method may issue',
};

export const CaaLockSchema = z
  .object({
    state: CaaLockStateSchema,
    message: z.string(),
    checkedAt: TimestampSchema,
    watched: z.boolean().meta({ description: 'Whether Certdesk checks the records every day' }),
    add: z.array(z.string()).meta({ description: 'Records to create, in zone-file notation' }),
    remove: z.array(z.string()).meta({ description: 'Records that permit more, in zone-file notation' }),
  })
  .meta({ id: 'CaaLock', outside: 'caa-lock' });
export type CaaLock = z.infer<typeof CaaLockSchema>;
