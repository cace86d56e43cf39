// Schemas of the overview, the first page of the GUI: counts, items that need attention, the next 90 days, and the
// state of the engine.
import { z } from 'zod';
import { HttpsSummarySchema } from './https.ts';
import { JobEventSchema } from './job.ts';
import { StateCountsSchema } from './project.ts';
import { TimestampSchema } from './time-schema.ts';

const count = z.int().min(0);

const AttentionKindSchema = z.enum([
  'expired',
  'revoked',
  'failing',
  'unattended',
  'overdue',
  'held_back',
  'uncovered',
  'revocation_pending',
  'awaiting_records',
  'obtain_failed',
  'deploy_failed',
  'not_served',
  'endpoint_expiring',
  'caa_forbidden',
  'persist_record',
]);

export const AttentionSchema = z
  .object({
    projectId: z.string(),
    name: z.string(),
    domain: z.string().nullable(),
    kind: AttentionKindSchema.meta({
      description:
        'failing: the last renewal failed; unattended: the certificate expires and will not be renewed; overdue: renewal is due but was not attempted; held_back: Certdesk crashed repeatedly during the job and waits an hour; uncovered: the certificate lacks a name of the project; revocation_pending: the CA has not revoked a certificate whose replacement is active, and Certdesk tries again; awaiting_records: a job waits for TXT records that a user adds; obtain_failed: there is no certificate, and the last attempt to obtain one failed; deploy_failed: the certificate could not be installed on a host; not_served: clients do not get the certificate at an endpoint; endpoint_expiring: an endpoint presents a certificate that expires; caa_forbidden: watched CAA records no longer permit the CA; persist_record: the CA does not accept a dns-persist-01 record, or not much longer',
    }),
    furtherKinds: z.array(AttentionKindSchema).meta({
      description:
        'Further problems of the same project, on its hosts, at its endpoints or in DNS; `cause` names them too',
    }),
    severity: z.enum(['critical', 'warning']),
    cause: z.string().meta({ description: 'Sentences for users, without dates' }),
    suggestedAction: z
      .enum(['renew', 'obtain', 'upload', 'inspect'])
      .meta({ description: 'The suggested action; inspect: investigate the cause' }),
    expiresAt: TimestampSchema.nullable(),
    lastAttemptAt: TimestampSchema.nullable(),
    nextAttemptAt: TimestampSchema.nullable(),
    failures: count,
    errorCode: z
      .string()
      .nullable()
      .meta({ description: 'A code from the error catalogue (docs/errors.md)' }),
    jobId: z.string().nullable().meta({ description: 'The failed job; its steps have the details' }),
    runningJobId: z
      .string()
      .nullable()
      .meta({ description: 'The job that is running for the project; null if there is none' }),
    endpointId: z.string().nullable().meta({
      description: 'The endpoint, for not_served and endpoint_expiring; otherwise null',
    }),
  })
  .meta({ id: 'Attention' });
export type Attention = z.infer<typeof AttentionSchema>;

/** One certificate on the chart: the time of its renewal, or of its expiry if it will not be renewed. */
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
      description: 'In chronological order; null if there are too many, then `days` has counts per day',
    }),
    days: z
      .array(z.object({ day: z.iso.date(), renewals: count, expiries: count }))
      .meta({ description: 'Days of `general.timeZone` with at least one certificate' }),
  })
  .meta({ id: 'Timeline' });
export type Timeline = z.infer<typeof TimelineSchema>;

/** The certificates of one day of the timeline. */
export const TimelineDaySchema = z
  .object({
    marks: z.array(TimelineMarkSchema).meta({ description: 'In chronological order; at most 200' }),
  })
  .meta({ id: 'TimelineDay' });
export type TimelineDay = z.infer<typeof TimelineDaySchema>;

export const EngineStateSchema = z
  .object({
    lastRenewalCheckAt: TimestampSchema.nullable().meta({ description: 'Time of the last renewal check' }),
    nextRenewalCheckAt: TimestampSchema.nullable(),
    renewalCheckLate: z
      .boolean()
      .meta({ description: 'Whether no renewal check ran for five minutes, so renewals may be missed' }),
    lastRenewalCheckError: z.string().nullable(),
    pausedUntil: TimestampSchema.nullable().meta({
      description: 'Automatic renewals are paused until this time',
    }),
    queue: z.object({ running: count, queued: count }),
    secretStore: z.enum(['keychain', 'sealed-file', 'unavailable']),
    backup: z
      .object({
        lastAt: TimestampSchema.nullable(),
        lastError: z
          .string()
          .nullable()
          .meta({ description: 'Why the last backup failed; null if it succeeded' }),
        nextAt: TimestampSchema.nullable(),
        late: z.boolean(),
      })
      .nullable()
      .meta({ description: 'State of automatic backups; null if they are off' }),
    https: HttpsSummarySchema.nullable().meta({
      description: "Certificate of Certdesk's own HTTPS; null if it is off",
    }),
    clock: z.object({
      now: TimestampSchema,
      ok: z
        .boolean()
        .meta({ description: 'False if the system clock is behind the time of the last renewal check' }),
    }),
  })
  .meta({ id: 'EngineState' });
export type EngineState = z.infer<typeof EngineStateSchema>;

/** Endpoints, for those who watch servers that no project concerns. */
export const EndpointSummarySchema = z
  .object({
    total: count,
    problems: count.meta({ description: 'Endpoints with a confirmed problem' }),
    unknown: count.meta({ description: 'Endpoints that this machine could not see twice in a row' }),
    monitored: z
      .array(z.object({ endpointId: z.string(), host: z.string(), port: z.int(), sentence: z.string() }))
      .meta({
        description:
          'Confirmed problems of endpoints without a project, which `attention` does not list; at most 20',
      }),
  })
  .meta({ id: 'EndpointSummary' });
export type EndpointSummary = z.infer<typeof EndpointSummarySchema>;

/** A project whose certificate waits for the window of a deployment. */
const WaitingProjectSchema = z.object({
  projectId: z.string(),
  until: TimestampSchema,
  sentence: z.string().meta({ examples: ['shop.example.com: renewed, deploying Sunday 02:00'] }),
});
export type WaitingProject = z.infer<typeof WaitingProjectSchema>;

/** `failing`: a certificate is broken or soon will be. `attention`: a user must act in time. */
export const HealthSchema = z
  .object({ state: z.enum(['ok', 'attention', 'failing']), sentence: z.string() })
  .meta({ id: 'HealthSentence' });
export type Health = z.infer<typeof HealthSchema>;

/** An event with its project, which the message need not name. */
export const OverviewEventSchema = JobEventSchema.extend({
  project: z
    .string()
    .nullable()
    .meta({ description: 'Domain or name of the project; null if it was deleted' }),
}).meta({ id: 'OverviewEvent', outside: 'event' });
export type OverviewEvent = z.infer<typeof OverviewEventSchema>;

/** The steps that set up an installation, and whether each is done. */
export const SetupSchema = z
  .object({
    certificate: z.boolean(),
    notificationChannel: z.boolean().meta({ description: 'Whether an enabled channel exists' }),
    backupPassphrase: z.boolean(),
    deployment: z.boolean(),
  })
  .meta({ id: 'Setup' });

export const OverviewSchema = z
  .object({
    health: HealthSchema,
    counts: StateCountsSchema,
    attention: z.object({
      total: count,
      acknowledged: count.meta({
        description: 'Number of acknowledged revocations, which are not among the items',
      }),
      items: z.array(AttentionSchema).meta({ description: 'Most urgent first; at most 100' }),
    }),
    endpoints: EndpointSummarySchema,
    waiting: z
      .object({ total: count, items: z.array(WaitingProjectSchema) })
      .meta({ description: 'Projects whose deployments wait for a window, the next one first; at most 20' }),
    timeline: TimelineSchema,
    engine: EngineStateSchema,
    setup: SetupSchema.nullable().meta({
      description:
        'Null if all is done, if the list was dismissed (`general.showChecklist`), or for a caller that is limited to projects',
    }),
    events: z
      .array(OverviewEventSchema)
      .meta({ description: 'The last 20 events, newest first, without job steps' }),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof OverviewSchema>;
