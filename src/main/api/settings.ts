// Operations on the settings of the whole installation; a token that is limited to projects has no access.
import { z } from 'zod';
import { PatchSettingsSchema, SettingsSchema } from '../../shared/settings.ts';
import { operation, router } from './trpc.ts';

export const settings = router({
  get: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'GET', path: '/settings', summary: 'Get the settings' } })
    .output(SettingsSchema)
    .query(({ ctx }) => ctx.engine.settings.get()),

  update: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'PATCH',
        path: '/settings',
        summary: 'Change settings; omitted fields stay unchanged',
      },
    })
    .input(z.object({ body: PatchSettingsSchema }))
    .output(SettingsSchema)
    .mutation(({ ctx, input }) => ctx.engine.settings.update(input.body)),
});
