// Approved ACME directories: those that a signed-in person named, which Certdesk also reaches in private networks.
import { z } from 'zod';
import { CaDirectorySchema, WithdrawDirectorySchema } from '../../shared/ca-directory.ts';
import { operation, router } from './trpc.ts';

export const caDirectories = router({
  list: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/ca-directories',
        summary: 'ACME directories that a person approved by naming their URL',
      },
    })
    .output(z.object({ directories: z.array(CaDirectorySchema) }))
    .query(async ({ ctx }) => ({ directories: [...(await ctx.engine.caDirectories.list())] })),

  withdraw: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/ca-directories/withdraw',
        summary: 'Withdraw the approval of a directory: in a private network it is no longer reached',
      },
    })
    .input(z.object({ body: WithdrawDirectorySchema }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.caDirectories.withdraw(input.body.directoryUrl);
      return { success: true as const, message: 'The approval was withdrawn' };
    }),
});
