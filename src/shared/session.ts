// Sessions: browsers that are signed in to the GUI, and what pages send with their calls.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

export const SessionSchema = z
  .object({
    id: z.string(),
    name: z.string().meta({ description: 'The browser, as it names itself' }),
    address: z.string().nullable().meta({ description: 'Address that it signed in from' }),
    createdAt: TimestampSchema,
    expiresAt: TimestampSchema.meta({ description: 'It ends earlier if the person is idle' }),
    lastActiveAt: TimestampSchema.meta({
      description: 'When the person last did something; background requests of the page do not count',
    }),
    proofAt: TimestampSchema.meta({ description: 'When a sign-in link was last used for this session' }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof SessionSchema>;

/**
 * A session takes two secrets: a cookie, and this one in a header. Cookies ignore ports, so any server on the same host
 * receives the cookie; the page keeps this one in storage that belongs to its origin, which includes the port.
 */
export const PAGE_SECRET_HEADER = 'certdesk-page-secret';

/** A fresh proof of who a person is, in the audit log: by a sign-in link, or in the desktop window. */
export const PROVE = 'sessions.prove';
