// CAA locks: the records that bind a project's names to one CA, account and method.
import { z } from 'zod';
import { CaaLockSchema } from '../../shared/caa-lock.ts';
import type { CliMeta } from '../../shared/command-line.ts';
import { ProjectIdSchema } from '../../shared/project.ts';
import { PROJECT } from './cli-parts.ts';
import { operation, router } from './trpc.ts';

const input = z.object({ id: ProjectIdSchema });
const inputWithBody = input.extend({ body: z.strictObject({}).optional() });
const LOCK: Pick<CliMeta, 'args' | 'columns'> = {
  args: [PROJECT],
  columns: [
    { title: 'State', field: 'state' },
    { title: 'Result', field: 'message' },
    { title: 'Watched', field: 'watched' },
    { title: 'Create', field: 'add', empty: '' },
    { title: 'Remove', field: 'remove', empty: '' },
  ],
};
const endOf = (signal: AbortSignal | undefined): AbortSignal => signal ?? new AbortController().signal;

export const caaLocks = router({
  get: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: {
        method: 'GET',
        path: '/projects/{id}/caa-lock',
        summary:
          'Check the CAA records of a project, and get those that bind it to its CA, account and method',
      },
      cli: [
        {
          verb: 'caa-lock show',
          summary: 'print the CAA records that bind a project to its CA and account',
          ...LOCK,
        },
      ],
    })
    .input(input)
    .output(CaaLockSchema)
    .query(({ ctx, input: { id }, signal }) => ctx.engine.caaLocks.get(id, endOf(signal))),

  watch: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/caa-lock',
        summary: 'Check the CAA records of a project every day',
      },
      cli: [{ verb: 'caa-lock watch', summary: 'check the CAA records of a project every day', ...LOCK }],
    })
    .input(inputWithBody)
    .output(CaaLockSchema)
    .mutation(({ ctx, input: { id }, signal }) => ctx.engine.caaLocks.watch(id, endOf(signal))),

  unwatch: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'DELETE',
        path: '/projects/{id}/caa-lock',
        summary: 'Stop checking the CAA records of a project',
      },
      cli: [
        { verb: 'caa-lock unwatch', summary: 'stop checking the CAA records of a project', args: [PROJECT] },
      ],
    })
    .input(inputWithBody)
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input: { id } }) => {
      await ctx.engine.caaLocks.unwatch(id);
      return { success: true as const, message: 'The CAA records are no longer checked' };
    }),
});
