// Schemas of the rate limit usage and of the pause of renewals.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

const count = z.int().min(0);

export const BudgetSchema = z
  .object({
    limits: z.array(
      z.object({
        ca: z.string().meta({ description: 'A CA ID from GET /cas' }),
        kind: z.enum(['order', 'registered-domain', 'exact-set', 'failed-authorization']),
        name: z.string().meta({ description: 'Name of the rate limit' }),
        count: count.meta({ description: 'Number allowed within `hours`' }),
        hours: count.meta({ description: 'Length of the window, in hours' }),
        uses: z
          .array(
            z.object({
              subject: z.string().meta({
                description: 'The account, registered domain, set of names or name that the limit applies to',
              }),
              used: count,
              left: count,
              nextFreedAt: TimestampSchema.meta({ description: 'When the oldest one leaves the window' }),
            }),
          )
          .meta({ description: 'Highest usage first; at most 50' }),
      }),
    ),
  })
  .meta({ id: 'Budget' });
export type Budget = z.infer<typeof BudgetSchema>;

export const PauseRequestSchema = z
  .strictObject({
    until: TimestampSchema.nullable().meta({
      description: 'Pause until this time; null resumes renewals',
      reach: 'installation',
    }),
  })
  .meta({ id: 'PauseRequest' });
