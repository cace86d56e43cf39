// The reachability test for HTTP-01 and TLS-ALPN-01. Part of the router `certificates`.
import { z } from 'zod';
import { ProjectIdSchema } from '../../shared/project.ts';
import {
  NamesRequestSchema,
  ReachabilityRequestSchema,
  ReachabilitySchema,
} from '../../shared/reachability.ts';
import { operation } from './trpc.ts';

const SUMMARY = 'whether HTTP-01 or TLS-ALPN-01 challenges would reach Certdesk, per name and address';

/** The time limit for all names, in milliseconds. The test also ends if the caller disconnects. */
const TEST_MS = 90_000;

export const reachability = {
  testReachability: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/reachability',
        summary: `Test ${SUMMARY}`,
      },
      audit: false, // it changes nothing
    })
    .input(z.object({ id: ProjectIdSchema, body: ReachabilityRequestSchema.optional() }))
    .output(ReachabilitySchema)
    .mutation(({ ctx, input, signal }) => {
      const showAnswers = ctx.principal.projectIds === null;
      const { challengeType } = input.body ?? {};
      const options = { signal: endOf(signal), showAnswers, challengeType };
      return ctx.engine.reachability.test(input.id, input.body?.names ?? null, options);
    }),

  testNames: operation({ reach: 'project', scope: 'projects:write', projects: 'all' })
    .meta({
      rest: {
        method: 'POST',
        path: '/reachability',
        summary: `Test for names without a project ${SUMMARY}`,
      },
      audit: false, // it changes nothing
    })
    .input(z.object({ body: NamesRequestSchema }))
    .output(ReachabilitySchema)
    .mutation(({ ctx, input: { body }, signal }) =>
      ctx.engine.reachability.testNames(body.names, {
        signal: endOf(signal),
        showAnswers: true,
        challengeType: body.challengeType,
      }),
    ),
};

function endOf(signal: AbortSignal | undefined): AbortSignal {
  return AbortSignal.any([AbortSignal.timeout(TEST_MS), ...(signal === undefined ? [] : [signal])]);
}
