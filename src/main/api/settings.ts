// The settings. They are the whole installation's, so a token that is for some projects only may not see them.
import { z } from 'zod';
import { PatchSettingsSchema, SettingsSchema } from '../../shared/settings.ts';
import { operation, router } from './trpc.ts';

export const settings = router({
  get: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'GET', path: '/settings', summary: 'The settings' } })
    .output(SettingsSchema)
    .query(({ ctx }) => ctx.engine.settings.get()),

  update: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'PATCH',
        path: '/settings',
        summary: 'Change settings: only the fields that are given',
      },
    })
    .input(z.object({ body: PatchSettingsSchema }))
    .output(SettingsSchema)
    .mutation(({ ctx, input }) => ctx.engine.settings.update(input.body)),
});
