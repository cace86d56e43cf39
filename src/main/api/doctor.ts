// The doctor: what would keep a CA from issuing a certificate.
import { z } from 'zod';
import { DoctorReportSchema, DoctorRequestSchema } from '../../shared/doctor-schema.ts';
import { ProjectIdSchema } from '../../shared/project.ts';
import { originOf } from '../engine/outgoing/saved-by.ts';
import { operation, router } from './trpc.ts';

/** The doctor ends on its own within 3 seconds, or if the caller disconnects. */
const endOf = (signal: AbortSignal | undefined): AbortSignal => signal ?? new AbortController().signal;

export const doctor = router({
  examine: operation({ reach: 'project', scope: 'projects:write', projects: 'all' })
    .meta({
      rest: {
        method: 'POST',
        path: '/doctor',
        summary: 'Find out what would keep a CA from issuing a certificate for names, and how to fix it',
      },
      audit: false, // it changes nothing
    })
    .input(z.object({ body: DoctorRequestSchema }))
    .output(DoctorReportSchema)
    .mutation(async ({ ctx, input: { body }, signal }) => {
      const origin = originOf(ctx.engine.journal.savedBy());
      return DoctorReportSchema.parse(
        await ctx.engine.doctor.examine(body, { signal: endOf(signal), origin, showAnswers: true }),
      );
    }),

  // The names may have been saved by a token, so nobody learns what is in private networks.
  examineProject: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/doctor',
        summary:
          'Find out what would keep a CA from renewing the certificate of a project, and how to fix it',
      },
      audit: false, // it changes nothing
    })
    .input(z.object({ id: ProjectIdSchema, body: z.strictObject({}).optional() }))
    .output(DoctorReportSchema)
    .mutation(async ({ ctx, input: { id }, signal }) => {
      const showAnswers = ctx.principal.projectIds === null;
      const options = { signal: endOf(signal), origin: 'open', showAnswers } as const;
      return DoctorReportSchema.parse(await ctx.engine.doctor.examineProject(id, options));
    }),
});
