// Operations on jobs, and the event stream.
import { tracked } from '@trpc/server';
import { z } from 'zod';
import { JobSchema, JobWithStepsSchema } from '../../shared/job.ts';
import { limitEvent } from '../engine/access/limited-view.ts';
import { operation, router } from './trpc.ts';

const JOB = { name: 'JOB', is: 'text', field: 'jobId', description: 'ID of the job' } as const;

export const jobs = router({
  get: operation({ reach: 'project', scope: 'projects:read', projects: 'job' })
    .meta({
      rest: { method: 'GET', path: '/jobs/{jobId}', summary: 'Get a job with its steps' },
      cli: [{ verb: 'job', summary: 'show a job with its steps', args: [JOB], view: 'job' }],
    })
    .input(z.object({ jobId: z.string().min(1).max(64) }))
    .output(JobWithStepsSchema)
    .query(({ ctx, input }) => ctx.engine.jobs.get(input.jobId)),

  confirm: operation({ reach: 'project', scope: 'projects:write', projects: 'job' })
    .meta({
      rest: {
        method: 'POST',
        path: '/jobs/{jobId}/confirm',
        summary: 'Confirm that the TXT records a job waits for exist (provider `manual`)',
      },
      cli: [{ verb: 'confirm', summary: 'confirm that the TXT records a job waits for exist', args: [JOB] }],
    })
    .input(z.object({ jobId: z.string().min(1).max(64), body: z.strictObject({}).optional() }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(({ ctx, input }) => {
      const waited = ctx.engine.confirmRecords(input.jobId);
      const message = waited ? 'The job continues' : 'The job was not waiting for records';
      return { success: true as const, message };
    }),

  start: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/jobs/{jobId}/start',
        summary: 'Start a job that is held back after three crashes in a row',
      },
    })
    .input(z.object({ jobId: z.string().min(1).max(64), body: z.strictObject({}).optional() }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.startHeldBack(input.jobId);
      return { success: true as const, message: 'Job started' };
    }),

  list: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: { method: 'GET', path: '/jobs', summary: 'List jobs, newest first' },
      cli: [
        {
          verb: 'jobs',
          summary: 'list jobs, newest first',
          rows: 'jobs',
          columns: [
            { title: 'Job', field: 'id' },
            { title: 'Kind', field: 'kind' },
            { title: 'Project', field: 'projectId', as: 'project' },
            { title: 'State', field: 'state', as: 'state' },
            { title: 'Step', field: 'step' },
            { title: 'Created', field: 'createdAt', as: 'time' },
            { title: 'Error', field: 'error.error' },
          ],
          options: { limit: 'show at most this many (default: 50)' },
          examples: [['jobs --limit 5', 'the last five jobs']],
        },
      ],
    })
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

  events: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/events',
        summary: 'Stream events (server-sent events); Last-Event-ID resumes after that event',
        form: 'events',
        headers: { 'last-event-id': 'lastEventId' },
      },
    })
    .input(z.object({ lastEventId: z.coerce.number().int().min(0).optional() }))
    .subscription(async function* ({ ctx, input, signal }) {
      const { id, projectIds: limit } = ctx.principal;
      const until = signal ?? new AbortController().signal;
      for await (const event of ctx.engine.events.follow(input.lastEventId ?? null, until)) {
        // The stream may outlive a tag that lets the token see the project.
        const projectIds = limit === null ? null : await ctx.engine.tokens.projectsOf(id);
        const visible =
          projectIds === null || (event.projectId !== null && projectIds.includes(event.projectId));
        if (visible) yield tracked(String(event.id), projectIds === null ? event : limitEvent(event));
      }
    }),
});
