// Operations on credentials for hosts. Their values are write-only.
import { z } from 'zod';
import {
  CreateHostCredentialSchema,
  HostCredentialIdSchema,
  HostCredentialSchema,
  UpdateHostCredentialSchema,
} from '../../shared/host.ts';
import { operation, router } from './trpc.ts';

const hostCredentialId = HostCredentialIdSchema;

export const hostCredentials = router({
  list: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/host-credentials',
        summary: 'List the credentials for hosts, without their values',
      },
    })
    .output(z.object({ hostCredentials: z.array(HostCredentialSchema) }))
    .query(async ({ ctx }) => ({ hostCredentials: [...(await ctx.engine.hostCredentials.list())] })),

  create: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/host-credentials',
        summary: 'Save a credential for hosts',
        status: 201,
      },
    })
    .input(z.object({ body: CreateHostCredentialSchema }))
    .output(HostCredentialSchema)
    .mutation(({ ctx, input }) => ctx.engine.hostCredentials.create(input.body)),

  update: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'PATCH',
        path: '/host-credentials/{hostCredentialId}',
        summary: 'Change the name or values of a credential for hosts',
      },
    })
    .input(z.object({ hostCredentialId, body: UpdateHostCredentialSchema }))
    .output(HostCredentialSchema)
    .mutation(({ ctx, input }) => ctx.engine.hostCredentials.update(input.hostCredentialId, input.body)),

  remove: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'DELETE',
        path: '/host-credentials/{hostCredentialId}',
        summary: 'Delete a credential for hosts that is not in use',
      },
    })
    .input(z.object({ hostCredentialId, body: z.strictObject({}).optional() }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.hostCredentials.remove(input.hostCredentialId);
      return { success: true as const, message: 'Host credential removed' };
    }),
});
