// Schema of browser sessions.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

export const SessionSchema = z
  .object({
    id: z.string(),
    name: z.string().meta({ description: 'Name of the browser, from its User-Agent header' }),
    address: z.string().nullable().meta({ description: 'Network address at sign-in' }),
    createdAt: TimestampSchema,
    expiresAt: TimestampSchema.meta({
      description: 'Latest end of the session; it ends earlier if the user is idle',
    }),
    lastActiveAt: TimestampSchema.meta({
      description: 'Time of the last user activity; background requests of the page do not count',
    }),
    proofAt: TimestampSchema.meta({ description: 'When a sign-in link was last used for this session' }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof SessionSchema>;

/** The audit trail's name for a fresh proof of identity, by a sign-in link or in the desktop application. */
export const PROVE = 'sessions.prove';
