// Metrics for Prometheus, at /metrics and /api/v1/metrics. They name every domain, so they always require a token.
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
        summary: 'Get metrics in the Prometheus text format; a token limited to projects sees only those',
      },
    })
    .output(z.object({ contentType: z.string(), body: z.string() }))
    .query(({ ctx }) => ctx.engine.metrics(ctx.principal.projectIds)),
});
