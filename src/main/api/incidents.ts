// Operations on incidents: CAs that move the renewal windows of many certificates at once.
import { z } from 'zod';
import {
  IncidentDetailSchema,
  IncidentDrillSchema,
  IncidentIdSchema,
  IncidentSchema,
} from '../../shared/incident.ts';
import { operation, router } from './trpc.ts';

export const incidents = router({
  list: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/incidents',
        summary: 'List incidents: CAs that moved the renewal windows of many certificates at once',
      },
      cli: [
        {
          verb: 'incidents',
          summary: 'list incidents: CAs that request early renewal of many certificates',
          rows: 'incidents',
          columns: [
            { title: 'CA', field: 'ca' },
            { title: 'Started', field: 'startedAt', as: 'time' },
            { title: 'Ended', field: 'endedAt', as: 'time', empty: 'open' },
            { title: 'Certificates', field: 'total' },
            { title: 'Renewed', field: 'counts.renewed' },
            { title: 'Failing', field: 'counts.failing' },
            { title: 'By hand', field: 'counts.by_hand' },
            { title: 'Reason', field: 'explanationUrl' },
            { title: 'ID', field: 'id' },
          ],
          examples: [['incidents', 'incidents with their progress, the newest first']],
        },
      ],
    })
    .output(
      z.object({ incidents: z.array(IncidentSchema).meta({ description: 'Newest first; at most 50' }) }),
    )
    .query(async ({ ctx }) => ({
      incidents: [...(await ctx.engine.incidents.list(ctx.principal.projectIds))],
    })),

  get: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/incidents/{incidentId}',
        summary: 'Get an incident with the certificates that it concerns',
      },
      cli: [
        {
          verb: 'incident show',
          summary: 'show the certificates of an incident',
          args: [
            {
              name: 'ID',
              is: 'text',
              field: 'incidentId',
              description: 'ID of the incident; certdesk incidents lists them',
            },
          ],
          rows: 'certificates',
          columns: [
            { title: 'Domain', field: 'domain' },
            { title: 'State', field: 'state', as: 'state' },
            { title: 'Renewal', field: 'renewAt', as: 'time' },
            { title: 'Planned before', field: 'renewBefore', as: 'time' },
          ],
        },
      ],
    })
    .input(z.object({ incidentId: IncidentIdSchema }))
    .output(IncidentDetailSchema)
    .query(({ ctx, input }) => ctx.engine.incidents.get(input.incidentId, ctx.principal.projectIds)),

  drill: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      audit: false,
      rest: {
        method: 'POST',
        path: '/incidents/drill',
        summary: 'Rehearse an incident that concerns every certificate: a dry run that changes nothing',
      },
      cli: [
        {
          verb: 'incident drill',
          summary: 'rehearse an incident that concerns every certificate, as a dry run',
          columns: [
            { title: 'Certificates', field: 'certificates' },
            { title: 'Notified by ARI', field: 'moved' },
            { title: 'Not notified', field: 'unnoticed' },
            { title: 'Renewed automatically', field: 'automatic' },
            { title: 'Need attention', field: 'byHand' },
            { title: 'Renewals in parallel', field: 'parallel' },
            { title: 'Notification', field: 'message.text' },
          ],
          examples: [['incident drill', 'what a mass revocation would mean here']],
        },
      ],
    })
    .input(z.object({ body: z.strictObject({}).optional() }))
    .output(IncidentDrillSchema)
    .mutation(({ ctx }) => ctx.engine.incidents.drill()),
});
