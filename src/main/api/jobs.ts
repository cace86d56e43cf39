// Jobs and events: the steps of long work.
import { TRPCError, tracked } from '@trpc/server';
import { z } from 'zod';
import { JobSchema, JobWithStepsSchema } from '../../shared/job.ts';
import { CertdeskError } from '../engine/errors.ts';
import { operation, router } from './trpc.ts';

export const jobs = router({
  get: operation('projects:read')
    .meta({ rest: { method: 'GET', path: '/jobs/{jobId}', summary: 'A job with its steps' } })
    .input(z.object({ jobId: z.string().min(1).max(64) }))
    .output(JobWithStepsSchema)
    .query(async ({ ctx, input }) => {
      const job = await ctx.engine.jobs.get(input.jobId);
      const { projectIds } = ctx.principal;
      if (projectIds === null || projectIds.includes(job.projectId)) return job;
      throw new TRPCError({
        code: 'FORBIDDEN',
        cause: new CertdeskError('FORBIDDEN', 'This token is not for the project of this job'),
      });
    }),

  list: operation('projects:read')
    .meta({ rest: { method: 'GET', path: '/jobs', summary: 'Jobs, newest first' } })
    .input(
      z.object({
        project: z.string().min(1).max(64).optional(),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
    )
    .output(z.object({ jobs: z.array(JobSchema) }))
    .query(async ({ ctx, input }) => ({
      jobs: [...(await ctx.engine.jobs.list(input, ctx.principal.projectIds))],
    })),

  events: operation('projects:read')
    .meta({
      rest: {
        method: 'GET',
        path: '/events',
        summary: 'What happens, as server-sent events; Last-Event-ID goes on after that event',
        form: 'events',
        headers: { 'last-event-id': 'lastEventId' },
      },
    })
    .input(z.object({ lastEventId: z.coerce.number().int().min(0).optional() }))
    .subscription(async function* ({ ctx, input, signal }) {
      const { projectIds } = ctx.principal;
      const until = signal ?? new AbortController().signal;
      for await (const event of ctx.engine.events.follow(input.lastEventId ?? null, until)) {
        const visible =
          projectIds === null || (event.projectId !== null && projectIds.includes(event.projectId));
        if (visible) yield tracked(String(event.id), event);
      }
    }),
});
