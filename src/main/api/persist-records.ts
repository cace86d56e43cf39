// Records of dns-persist-01: what each base name needs, before and after a request.
import { z } from 'zod';
import type { CliMeta } from '../../shared/command-line.ts';
import { PersistReportSchema, PersistRequestSchema } from '../../shared/persist-record.ts';
import { ProjectIdSchema } from '../../shared/project.ts';
import { PROJECT } from './cli-parts.ts';
import { operation, router } from './trpc.ts';

const RECORDS: Pick<CliMeta, 'rows' | 'columns'> = {
  rows: 'records',
  columns: [
    { title: 'Name', field: 'name' },
    { title: 'State', field: 'state' },
    { title: 'Result', field: 'message' },
    { title: 'Value', field: 'value', empty: '' },
  ],
};
const OPTIONS = {
  names: 'names of the certificate',
  ca: '',
  staging: "use the CA's staging directory",
  email: '',
};
const endOf = (signal: AbortSignal | undefined): AbortSignal => signal ?? new AbortController().signal;

export const persistRecords = router({
  preview: operation({ reach: 'project', scope: 'projects:write', projects: 'all' })
    .meta({
      rest: {
        method: 'POST',
        path: '/persist-records',
        summary: 'Show the dns-persist-01 records that names need, and whether DNS has them',
      },
      audit: false, // it changes nothing
      cli: [
        {
          verb: 'persist-record preview',
          summary: 'print the dns-persist-01 records that names need, before a request',
          options: OPTIONS,
          ...RECORDS,
        },
      ],
    })
    .input(z.object({ body: PersistRequestSchema }))
    .output(PersistReportSchema)
    .mutation(({ ctx, input: { body }, signal }) => ctx.engine.persistRecords.preview(body, endOf(signal))),

  prepare: operation({ reach: 'project', scope: 'projects:write', projects: 'all' })
    .meta({
      rest: {
        method: 'POST',
        path: '/persist-records/prepare',
        summary: 'Register the account at the CA if there is none, and show the dns-persist-01 records',
      },
      cli: [
        {
          verb: 'persist-record prepare',
          summary: 'register the account at the CA if there is none, and print the dns-persist-01 records',
          options: OPTIONS,
          ...RECORDS,
        },
      ],
    })
    .input(z.object({ body: PersistRequestSchema }))
    .output(PersistReportSchema)
    .mutation(({ ctx, input: { body }, signal }) => ctx.engine.persistRecords.prepare(body, endOf(signal))),

  get: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: {
        method: 'GET',
        path: '/projects/{id}/persist-records',
        summary: 'Show the dns-persist-01 records that the names of a project need, and whether DNS has them',
      },
      cli: [
        {
          verb: 'persist-record show',
          summary: 'print the dns-persist-01 records of a project, and whether DNS has them',
          args: [PROJECT],
          ...RECORDS,
        },
      ],
    })
    .input(z.object({ id: ProjectIdSchema }))
    .output(PersistReportSchema)
    .query(({ ctx, input: { id }, signal }) => ctx.engine.persistRecords.get(id, endOf(signal))),
});
