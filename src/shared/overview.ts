// The overview: what an admin sees first. Numbers, what needs somebody, what comes in the next 90 days, whether the
// engine is alive.
import { z } from 'zod';
import { JobEventSchema } from './job.ts';
import { StateCountsSchema } from './project.ts';
import { TimestampSchema } from './time-schema.ts';

const count = z.int().min(0);

export const AttentionSchema = z
  .object({
    projectId: z.string(),
    name: z.string(),
    domain: z.string().nullable(),
    kind: z
      .enum([
        'expired',
        'revoked',
        'failing',
        'unattended',
        'overdue',
        'held_back',
        'uncovered',
        'awaiting_records',
        'obtain_failed',
      ])
      .meta({
        description:
          'failing: the last renewal failed; unattended: expires and nothing will renew it; overdue: due, and not tried; held_back: Certdesk kept crashing while it worked on it, and waits an hour; uncovered: the certificate lacks a name of the project; awaiting_records: a job waits for TXT records that a person adds; obtain_failed: no certificate, and the last attempt to get one failed',
      }),
    severity: z.enum(['critical', 'warning']),
    cause: z.string().meta({ description: 'A sentence or two for people, without dates' }),
    mend: z
      .enum(['renew', 'obtain', 'upload', 'look'])
      .meta({ description: 'look: a person must find the reason' }),
    expiresAt: TimestampSchema.nullable(),
    lastAttemptAt: TimestampSchema.nullable(),
    nextAttemptAt: TimestampSchema.nullable(),
    failures: count,
    errorCode: z.string().nullable().meta({ description: 'Of the error catalogue' }),
    jobId: z.string().nullable().meta({ description: 'The failed job, whose steps say more' }),
    runningJobId: z.string().nullable().meta({ description: 'The job that is working on it now' }),
  })
  .meta({ id: 'Attention' });
export type Attention = z.infer<typeof AttentionSchema>;

/** One certificate on the chart: when it renews itself, or, where it will not, when it expires. */
export const TimelineMarkSchema = z
  .object({
    projectId: z.string(),
    domain: z.string(),
    kind: z.enum(['renewal', 'expiry']),
    at: TimestampSchema,
    expiresAt: TimestampSchema,
  })
  .meta({ id: 'TimelineMark' });
export type TimelineMark = z.infer<typeof TimelineMarkSchema>;

export const TimelineSchema = z
  .object({
    from: TimestampSchema,
    to: TimestampSchema,
    total: count,
    marks: z.array(TimelineMarkSchema).nullable().meta({
      description: 'In order of time; null where there are too many: then `days` says how many a day',
    }),
    days: z
      .array(z.object({ day: z.iso.date(), renewals: count, expiries: count }))
      .meta({ description: 'UTC days that have any' }),
  })
  .meta({ id: 'Timeline' });
export type Timeline = z.infer<typeof TimelineSchema>;

export const EngineStateSchema = z
  .object({
    lastSweepAt: TimestampSchema.nullable().meta({ description: 'Time of the last renewal check' }),
    nextSweepAt: TimestampSchema.nullable(),
    sweepLate: z.boolean().meta({ description: 'No renewal check for five minutes: renewals may be missed' }),
    lastSweepError: z.string().nullable(),
    pausedUntil: TimestampSchema.nullable().meta({ description: 'No automatic renewals until then' }),
    queue: z.object({ running: count, queued: count }),
    secretStore: z.enum(['keychain', 'sealed-file', 'unavailable']),
    backup: z
      .object({
        lastAt: TimestampSchema.nullable(),
        lastError: z.string().nullable().meta({ description: 'Why the last attempt failed' }),
        nextAt: TimestampSchema.nullable(),
        late: z.boolean(),
      })
      .nullable()
      .meta({ description: 'Null where no backups are made by themselves' }),
    clock: z.object({
      now: TimestampSchema,
      ok: z.boolean().meta({ description: 'False where the clock stands before the last sweep' }),
    }),
  })
  .meta({ id: 'EngineState' });
export type EngineState = z.infer<typeof EngineStateSchema>;

/** `failing` where something is broken or about to be; `attention` where a person is needed in time. */
export const HealthSchema = z
  .object({ state: z.enum(['ok', 'attention', 'failing']), sentence: z.string() })
  .meta({ id: 'HealthSentence' });
export type Health = z.infer<typeof HealthSchema>;

/** What happened, and to which project: its message alone need not say so. */
export const OverviewEventSchema = JobEventSchema.extend({
  project: z.string().nullable().meta({ description: "The project's domain or name; null where it is gone" }),
}).meta({ id: 'OverviewEvent', outside: 'event' });
export type OverviewEvent = z.infer<typeof OverviewEventSchema>;

export const OverviewSchema = z
  .object({
    health: HealthSchema,
    counts: StateCountsSchema,
    attention: z.object({
      total: count,
      acknowledged: count.meta({
        description: 'Revoked certificates that a person acknowledged; not among the items',
      }),
      items: z.array(AttentionSchema).meta({ description: 'Worst first; at most 100' }),
    }),
    timeline: TimelineSchema,
    engine: EngineStateSchema,
    events: z
      .array(OverviewEventSchema)
      .meta({ description: 'The last 20, newest first, without steps of jobs' }),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof OverviewSchema>;
