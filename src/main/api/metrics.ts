// Numbers for Prometheus, at /metrics and /api/v1/metrics. Never without a token: they name every domain.
import { z } from 'zod';
import { operation, router } from './trpc.ts';

export const metrics = router({
  get: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/metrics',
        alsoAt: '/metrics',
        form: 'text',
        summary: 'Metrics in the Prometheus text format; a token for some projects sees those only',
      },
    })
    .output(z.object({ contentType: z.string(), body: z.string() }))
    .query(({ ctx }) => ctx.engine.metrics(ctx.principal.projectIds)),
});
