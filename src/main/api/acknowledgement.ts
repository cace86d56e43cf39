// Operations that acknowledge a revocation, or withdraw that. Part of the router `certificates`.
import { z } from 'zod';
import { AcknowledgeRequestSchema, CertificateSchema } from '../../shared/certificate.ts';
import { ProjectIdSchema } from '../../shared/project.ts';
import { operation } from './trpc.ts';

const id = ProjectIdSchema;
const path = '/projects/{id}/certificate/acknowledgement';

export const acknowledgement = {
  acknowledge: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path,
        summary: 'Acknowledge a revocation, so that the certificate no longer needs attention',
      },
    })
    .input(z.object({ id, body: AcknowledgeRequestSchema }))
    .output(CertificateSchema)
    .mutation(({ ctx, input }) =>
      ctx.engine.acknowledgements.acknowledge(input.id, input.body.note, ctx.principal.name),
    ),

  withdrawAcknowledgement: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({ rest: { method: 'DELETE', path, summary: 'Withdraw the acknowledgement of a revocation' } })
    .input(z.object({ id, body: z.strictObject({}).optional() }))
    .output(CertificateSchema)
    .mutation(({ ctx, input }) => ctx.engine.acknowledgements.withdraw(input.id)),
};
