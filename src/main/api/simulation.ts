// The simulator: what shorter lifetimes of certificates would mean.
import { SimulationRequestSchema, SimulationSchema } from '../../shared/simulation.ts';
import { operation, router } from './trpc.ts';

export const simulation = router({
  run: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/simulation',
        summary: 'Simulate a shorter lifetime of certificates: renewals, CA limits, DNS changes, obstacles',
      },
      cli: [
        {
          verb: 'simulate',
          summary: 'show what a shorter lifetime of certificates would change',
          view: 'simulation',
          options: { lifetime: 'lifetime of new certificates, in days (default: 45)' },
          examples: [
            ['simulate --lifetime 45', "Let's Encrypt's default from February 2028"],
            ['simulate --lifetime 6', 'short-lived certificates'],
          ],
        },
      ],
    })
    .input(SimulationRequestSchema)
    .output(SimulationSchema)
    .query(({ ctx, input }) => ctx.engine.simulation.run(input.lifetime)),
});
