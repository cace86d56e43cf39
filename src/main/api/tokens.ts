// API tokens. A token can make tokens no wider than itself: making one takes projects:write on every project, and one
// that expires makes none that lives longer.
import { z } from 'zod';
import { type CreateToken, CreateTokenSchema, TokenSchema } from '../../shared/token.ts';
import { CertdeskError } from '../engine/errors.ts';
import type { Principal } from './context.ts';
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
      requireNoLongerLife(ctx.principal, input.body);
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

/** @throws FORBIDDEN where the token would outlive the one that makes it. */
function requireNoLongerLife({ expiresAt: own }: Principal, { expiresAt }: CreateToken): void {
  if (own === null || (expiresAt !== null && expiresAt <= own)) return;
  throw new CertdeskError(
    'FORBIDDEN',
    `This token expires at ${own}: a token that it makes cannot expire later`,
  );
}
