// Renewals as a whole. They are the whole installation's, so a token that is for some projects only may not see them.
import { z } from 'zod';
import { BudgetSchema, PauseRequestSchema } from '../../shared/renewal.ts';
import { RenewalSettingsSchema } from '../../shared/settings.ts';
import { operation, router } from './trpc.ts';

export const renewals = router({
  budget: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: { method: 'GET', path: '/renewals/budget', summary: "What is used of the CAs' published limits" },
    })
    .output(BudgetSchema)
    .query(({ ctx }) => ctx.engine.budget.get()),

  pause: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/renewals/pause',
        summary: 'Begin no renewals by itself until a time; null: go on now',
      },
    })
    .input(z.object({ body: PauseRequestSchema }))
    .output(z.object({ renewals: RenewalSettingsSchema }))
    .mutation(async ({ ctx, input }) => {
      const { renewals } = await ctx.engine.settings.update({ renewals: { pausedUntil: input.body.until } });
      return { renewals };
    }),
});
