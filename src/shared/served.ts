// Schema of what the clients of a project are given, over all its endpoints.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

const SERVED_STATES = ['current', 'partly', 'old', 'problem', 'unknown'] as const;

/** What the clients of a project are given, over all its endpoints. */
export const ServedSchema = z
  .object({
    state: z.enum(SERVED_STATES).meta({
      description:
        'current: every address presents the current certificate; partly: some addresses still present an earlier one; old: all of them do; problem: another problem; unknown: not checked since the certificate became active, or not visible from this machine',
    }),
    at: TimestampSchema.nullable().meta({ description: 'Time of the oldest of the checks that show it' }),
  })
  .meta({ id: 'Served' });
export type Served = z.infer<typeof ServedSchema>;
