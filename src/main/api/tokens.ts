// API tokens. A token can make tokens no wider than itself: making one takes projects:write on every project.
import { z } from 'zod';
import { CreateTokenSchema, TokenSchema } from '../../shared/token.ts';
import { operation, requireAllProjects, router } from './trpc.ts';

export const tokens = router({
  list: operation('projects:read')
    .meta({
      rest: { method: 'GET', path: '/tokens', summary: 'List API tokens (never the tokens themselves)' },
    })
    .output(z.object({ tokens: z.array(TokenSchema) }))
    .query(async ({ ctx }) => {
      requireAllProjects(ctx.principal);
      return { tokens: [...(await ctx.engine.tokens.list())] };
    }),

  create: operation('projects:write')
    .meta({
      rest: { method: 'POST', path: '/tokens', summary: 'Make a token; it is shown this once', status: 201 },
    })
    .input(z.object({ body: CreateTokenSchema }))
    .output(TokenSchema.extend({ token: z.string() }))
    .mutation(async ({ ctx, input }) => {
      requireAllProjects(ctx.principal);
      const { secret, token } = await ctx.engine.tokens.create(input.body);
      return { ...token, token: secret };
    }),

  revoke: operation('projects:write')
    .meta({ rest: { method: 'DELETE', path: '/tokens/{tokenId}', summary: 'Revoke a token' } })
    .input(z.object({ tokenId: z.string().min(1).max(64), body: z.strictObject({}).optional() }))
    .output(TokenSchema)
    .mutation(({ ctx, input }) => {
      requireAllProjects(ctx.principal);
      return ctx.engine.tokens.revoke(input.tokenId);
    }),
});
