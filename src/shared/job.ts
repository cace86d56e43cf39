// Schemas of jobs: long-running work that is written to the database before it starts.
import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';
import type {} from './outside.ts';
import { TimestampSchema } from './time-schema.ts';

export const JobStateSchema = z.enum(['queued', 'running', 'succeeded', 'failed']);

export type JobState = z.infer<typeof JobStateSchema>;

export const ErrorBodySchema = z
  .object({
    success: z.literal(false),
    error: z.string().meta({ description: 'Error message for users' }),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    details: z.json().optional(),
  })
  .meta({ id: 'Error', outside: 'error' });

export const JobSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['obtain', 'renew', 'revoke']),
    projectId: z.string(),
    state: JobStateSchema,
    step: z.string().nullable(),
    dryRun: z.boolean(),
    replaces: z.literal(true).optional().meta({
      description: 'Whether a revocation first obtains a replacement',
    }),
    automatic: z.boolean().meta({ description: 'Whether Certdesk started the job itself' }),
    createdAt: TimestampSchema,
    startedAt: TimestampSchema.nullable(),
    finishedAt: TimestampSchema.nullable(),
    heldUntil: TimestampSchema.nullable().meta({
      description:
        'When the job starts at the earliest, because Certdesk crashed three times in a row while it ran',
    }),
    result: z.json(),
    error: ErrorBodySchema.nullable(),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof JobSchema>;

export const JobEventSchema = z
  .object({
    id: z.int(),
    at: TimestampSchema,
    kind: z.string(),
    projectId: z.string().nullable(),
    jobId: z.string().nullable(),
    message: z.string(),
    data: z.json(),
  })
  .meta({ id: 'Event', outside: 'event' });
export type JobEvent = z.infer<typeof JobEventSchema>;

export const JobWithStepsSchema = JobSchema.extend({ steps: z.array(JobEventSchema) }).meta({
  id: 'JobWithSteps',
});
export type JobWithSteps = z.infer<typeof JobWithStepsSchema>;

/** The response with status 202 to `Prefer: respond-async` (RFC 7240). */
export const AcceptedSchema = z
  .object({ success: z.literal(true), job: z.object({ id: z.string(), state: JobStateSchema }) })
  .meta({ id: 'Accepted' });
