// Operations on browser sessions: list them and sign them out.
import { z } from 'zod';
import { SessionSchema } from '../../shared/session.ts';
import { operation, router } from './trpc.ts';

export const sessions = router({
  list: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'GET', path: '/sessions', summary: 'List signed-in browsers' } })
    .output(
      z.object({
        sessions: z.array(
          SessionSchema.extend({
            current: z.boolean().meta({ description: 'Whether this is the session of the caller' }),
          }),
        ),
      }),
    )
    .query(async ({ ctx }) => {
      const open = await ctx.engine.sessions.list();
      return { sessions: open.map((session) => ({ ...session, current: session.id === ctx.principal.id })) };
    }),

  end: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'DELETE', path: '/sessions/{sessionId}', summary: 'Sign a browser out' } })
    .input(z.object({ sessionId: z.string().min(1).max(64), body: z.strictObject({}).optional() }))
    .output(SessionSchema)
    .mutation(({ ctx, input }) => ctx.engine.sessions.end(input.sessionId)),
});
