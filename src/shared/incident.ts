// Schemas of incidents: a CA has moved the renewal windows (ARI, RFC 9773) of many certificates at once.
import { z } from 'zod';
import { TimestampSchema } from './time-schema.ts';

const count = z.int().min(0);

export const IncidentIdSchema = z.string().min(1).max(64).meta({ description: 'ID of the incident' });

export const INCIDENT_STATES = ['waiting', 'failing', 'by_hand', 'renewed', 'removed'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

const IncidentStateSchema = z.enum(INCIDENT_STATES).meta({
  description:
    'waiting: the renewal is scheduled; failing: it failed and will be retried; by_hand: a person must renew the certificate or remove what the renewal waits for; renewed: replaced; removed: the certificate or its project was removed',
});

export const IncidentSchema = z
  .object({
    id: IncidentIdSchema,
    ca: z.string().meta({ description: 'Name of the CA' }),
    explanationUrl: z
      .string()
      .nullable()
      .meta({ description: "The CA's page about the reason; null if it gave none, or for a limited caller" }),
    startedAt: TimestampSchema,
    endedAt: TimestampSchema.nullable().meta({
      description: 'When every certificate was renewed or removed; null while the incident lasts',
    }),
    total: count.meta({ description: 'Your certificates whose window the CA has moved' }),
    counts: z.object({
      waiting: count,
      failing: count,
      by_hand: count,
      renewed: count,
      removed: count,
    }),
  })
  .meta({ id: 'Incident' });
export type Incident = z.infer<typeof IncidentSchema>;

export const IncidentDetailSchema = IncidentSchema.extend({
  certificates: z
    .array(
      z.object({
        projectId: z.string(),
        domain: z.string(),
        state: IncidentStateSchema,
        movedAt: TimestampSchema.meta({ description: 'When Certdesk noticed the new window' }),
        renewBefore: TimestampSchema.meta({ description: 'Planned renewal until then' }),
        renewAt: TimestampSchema.meta({ description: 'Planned renewal in the new window' }),
      }),
    )
    .meta({ description: 'Those that are not renewed first; at most 500' }),
}).meta({ id: 'IncidentDetail' });
export type IncidentDetail = z.infer<typeof IncidentDetailSchema>;

export const IncidentDrillSchema = z
  .object({
    certificates: count.meta({ description: 'Active certificates from CAs' }),
    moved: count.meta({ description: 'Of them, those whose CA can move the window (ARI)' }),
    unnoticed: count.meta({
      description: 'Of them, those whose CA offers no ARI: only a revocation list would show the incident',
    }),
    automatic: count.meta({ description: 'Of the moved ones, those that would renew without help' }),
    byHand: count.meta({ description: 'Of the moved ones, those that would need a person' }),
    isIncident: z.boolean().meta({ description: 'Whether Certdesk would open an incident' }),
    parallel: count.meta({ description: 'Renewals that run in parallel' }),
    examples: z
      .array(
        z.object({
          projectId: z.string(),
          domain: z.string(),
          renewBefore: TimestampSchema,
          renewAt: TimestampSchema,
        }),
      )
      .meta({ description: 'Certificates with their planned renewal before and after; at most 20' }),
    message: z.object({ title: z.string(), text: z.string() }).meta({
      description: 'The notification that would be sent, once',
    }),
  })
  .meta({ id: 'IncidentDrill' });
export type IncidentDrill = z.infer<typeof IncidentDrillSchema>;
