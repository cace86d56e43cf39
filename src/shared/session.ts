// Sessions: browsers that are signed in to the GUI.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

export const SessionSchema = z
  .object({
    id: z.string(),
    name: z.string().meta({ description: 'The browser, as it names itself' }),
    address: z.string().nullable().meta({ description: 'Where it signed in from' }),
    createdAt: TimestampSchema,
    expiresAt: TimestampSchema,
    lastUsedAt: TimestampSchema,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof SessionSchema>;
