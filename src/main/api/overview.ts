// The overview: everything that the GUI's start page shows, in one request.
import { z } from 'zod';
import { OverviewSchema, TimelineDaySchema } from '../../shared/overview.ts';
import { operation, router } from './trpc.ts';

export const overview = router({
  get: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/overview',
        summary:
          'Get the overview: certificates by state, items that need attention, the next 90 days, the state of the engine',
      },
      cli: [
        {
          verb: 'status',
          summary: 'show whether all certificates are fine, and what needs attention',
          view: 'overview',
          examples: [['status', 'a summary of all certificates']],
        },
      ],
    })
    .output(OverviewSchema)
    .query(({ ctx }) => ctx.engine.overview.get(ctx.principal.projectIds)),

  day: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/overview/days/{day}',
        summary: 'List what renews or expires on a day of the next 90',
      },
    })
    .input(z.object({ day: z.iso.date().meta({ description: 'In `general.timeZone`' }) }))
    .output(TimelineDaySchema)
    .query(({ ctx, input }) => ctx.engine.overview.day(ctx.principal.projectIds, input.day)),
});
