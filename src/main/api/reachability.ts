// The reachability test for HTTP-01. Part of the router `certificates`.
import { z } from 'zod';
import { ProjectIdSchema } from '../../shared/project.ts';
import { ReachabilityRequestSchema, ReachabilitySchema } from '../../shared/reachability.ts';
import { operation } from './trpc.ts';

/** The time limit for all names, in milliseconds. The test also ends if the caller disconnects. */
const TEST_MS = 90_000;

export const reachability = {
  testReachability: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/reachability',
        summary: 'Test whether HTTP-01 challenges would reach Certdesk, per name and address',
      },
      audit: false, // it changes nothing
    })
    .input(z.object({ id: ProjectIdSchema, body: ReachabilityRequestSchema.optional() }))
    .output(ReachabilitySchema)
    .mutation(({ ctx, input, signal }) => {
      const end = AbortSignal.any([AbortSignal.timeout(TEST_MS), ...(signal === undefined ? [] : [signal])]);
      const showAnswers = ctx.principal.projectIds === null;
      return ctx.engine.reachability.test(input.id, input.body?.names ?? null, { signal: end, showAnswers });
    }),
};
