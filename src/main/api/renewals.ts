// Operations on renewals of the whole installation; a token that is limited to projects has no access.
import { z } from 'zod';
import { BudgetSchema, PauseRequestSchema } from '../../shared/renewal.ts';
import { RenewalSettingsSchema } from '../../shared/settings.ts';
import { operation, router } from './trpc.ts';

export const renewals = router({
  budget: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/renewals/budget',
        summary: "Get the usage of the CAs' published rate limits",
      },
    })
    .output(BudgetSchema)
    .query(({ ctx }) => ctx.engine.budget.get()),

  pause: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/renewals/pause',
        summary: 'Pause automatic renewals until a time, or resume them with null',
      },
    })
    .input(z.object({ body: PauseRequestSchema }))
    .output(z.object({ renewals: RenewalSettingsSchema }))
    .mutation(async ({ ctx, input }) => {
      const { renewals } = await ctx.engine.settings.update({ renewals: { pausedUntil: input.body.until } });
      return { renewals };
    }),
});
