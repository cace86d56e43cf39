// Operations on API tokens. A token cannot create another one; the scope admin may list and revoke tokens.
import { z } from 'zod';
import { CreateTokenSchema, TokenSchema } from '../../shared/token.ts';
import { operation, router } from './trpc.ts';

export const tokens = router({
  list: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: { method: 'GET', path: '/tokens', summary: 'List API tokens, without their secret values' },
    })
    .output(z.object({ tokens: z.array(TokenSchema) }))
    .query(async ({ ctx }) => {
      return { tokens: [...(await ctx.engine.tokens.list())] };
    }),

  create: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/tokens',
        summary: 'Create an API token; the response shows it once',
        status: 201,
      },
    })
    .input(z.object({ body: CreateTokenSchema }))
    .output(TokenSchema.extend({ token: z.string() }))
    .mutation(async ({ ctx, input }) => {
      const { secret, token } = await ctx.engine.tokens.create(input.body);
      return { ...token, token: secret };
    }),

  revoke: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'DELETE', path: '/tokens/{tokenId}', summary: 'Revoke an API token' } })
    .input(z.object({ tokenId: z.string().min(1).max(64), body: z.strictObject({}).optional() }))
    .output(TokenSchema)
    .mutation(({ ctx, input }) => ctx.engine.tokens.revoke(input.tokenId)),
});
