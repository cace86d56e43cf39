// Operations on saved filters. They are of the GUI, so a token that is limited to projects has no access.
import { z } from 'zod';
import { SavedFilterSchema, SaveFilterSchema } from '../../shared/saved-filter.ts';
import { operation, router } from './trpc.ts';

export const savedFilters = router({
  list: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/saved-filters',
        summary: 'List the saved filters of the lists in the GUI',
      },
    })
    .output(z.object({ savedFilters: z.array(SavedFilterSchema) }))
    .query(async ({ ctx }) => ({ savedFilters: [...(await ctx.engine.savedFilters.list())] })),

  save: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/saved-filters',
        summary: 'Save a filter; it replaces the one of the same list and name',
        status: 201,
      },
    })
    .input(z.object({ body: SaveFilterSchema }))
    .output(SavedFilterSchema)
    .mutation(({ ctx, input }) => ctx.engine.savedFilters.save(input.body)),

  remove: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'DELETE', path: '/saved-filters/{filterId}', summary: 'Delete a saved filter' } })
    .input(z.object({ filterId: z.string().min(1).max(64), body: z.strictObject({}).optional() }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.savedFilters.remove(input.filterId);
      return { success: true as const, message: 'Saved filter removed' };
    }),
});
