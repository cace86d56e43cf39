// Renewals as a whole: what is used of the CAs' limits, and a pause.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

const count = z.int().min(0);

export const BudgetSchema = z
  .object({
    limits: z.array(
      z.object({
        ca: z.string().meta({ description: 'An id of GET /cas' }),
        kind: z.enum(['order', 'registered-domain', 'exact-set', 'failed-authorization']),
        name: z.string().meta({ description: "The CA's limit, for people" }),
        count: count.meta({ description: 'Allowed number' }),
        hours: count.meta({ description: 'within this number of hours' }),
        uses: z
          .array(
            z.object({
              subject: z.string().meta({ description: 'The account, registered domain, names, or name' }),
              used: count,
              left: count,
              nextFreedAt: TimestampSchema.meta({ description: 'When the oldest one no longer counts' }),
            }),
          )
          .meta({ description: 'Most used first; at most 50' }),
      }),
    ),
  })
  .meta({ id: 'Budget' });
export type Budget = z.infer<typeof BudgetSchema>;

export const PauseRequestSchema = z
  .strictObject({
    until: TimestampSchema.nullable().meta({
      description: 'Null: renewals resume now',
      reach: 'installation',
    }),
  })
  .meta({ id: 'PauseRequest' });
