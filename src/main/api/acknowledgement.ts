// Operations that acknowledge a revocation or a use as a client, or withdraw that. Part of the router `certificates`.
import { z } from 'zod';
import { AcknowledgeRequestSchema, CertificateSchema } from '../../shared/certificate.ts';
import { ProjectIdSchema } from '../../shared/project.ts';
import { PROJECT } from './cli-parts.ts';
import { operation } from './trpc.ts';

const id = ProjectIdSchema;
const path = '/projects/{id}/certificate/acknowledgement';
const usePath = '/projects/{id}/certificate/client-use-acknowledgement';
const done = (message: string) => ({ success: true as const, message });
const DoneSchema = z.object({ success: z.literal(true), message: z.string() });

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

  acknowledgeClientUse: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: usePath,
        summary:
          'Acknowledge that services may present the certificate as a client, which it does not permit',
      },
      cli: [
        {
          verb: 'client-use acknowledge',
          summary: 'acknowledge the warning that a service may present a certificate as a client',
          args: [PROJECT],
          options: { note: 'why it is no problem, for other users' },
        },
      ],
    })
    .input(z.object({ id, body: AcknowledgeRequestSchema }))
    .output(DoneSchema)
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.acknowledgements.acknowledgeClientUse(input.id, input.body.note, ctx.principal.name);
      return done('The use as a client is acknowledged. A warning returns if another service is added');
    }),

  withdrawClientUse: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'DELETE',
        path: usePath,
        summary: 'Withdraw the acknowledgement of the use of a certificate as a client',
      },
      cli: [
        {
          verb: 'client-use withdraw',
          summary: 'withdraw that acknowledgement, so that the warnings return',
          args: [PROJECT],
        },
      ],
    })
    .input(z.object({ id, body: z.strictObject({}).optional() }))
    .output(DoneSchema)
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.acknowledgements.withdrawClientUse(input.id);
      return done('The acknowledgement is withdrawn');
    }),
};
