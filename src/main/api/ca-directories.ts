// Operations on approved ACME directories: URLs that a signed-in user entered, so Certdesk may connect to them in
// private networks, too.
import { z } from 'zod';
import { CaDirectorySchema, WithdrawDirectorySchema } from '../../shared/ca-directory.ts';
import { operation, router } from './trpc.ts';

export const caDirectories = router({
  list: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'GET',
        path: '/ca-directories',
        summary: 'List ACME directories that a user approved',
      },
    })
    .output(z.object({ directories: z.array(CaDirectorySchema) }))
    .query(async ({ ctx }) => ({ directories: [...(await ctx.engine.caDirectories.list())] })),

  withdraw: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/ca-directories/withdraw',
        summary:
          'Withdraw the approval of an ACME directory; Certdesk then does not connect to it in a private network',
      },
    })
    .input(z.object({ body: WithdrawDirectorySchema }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.caDirectories.withdraw(input.body.directoryUrl);
      return { success: true as const, message: 'Approval withdrawn' };
    }),
});
