// Operations on endpoints: where certificates are served, and what clients are given there. Defining one makes Certdesk
// connect to an address, so it needs the installation; checking one that exists does not.
import { z } from 'zod';
import type { CliArgument, CliMeta } from '../../shared/command-line.ts';
import {
  AddEndpointsSchema,
  AddedEndpointsSchema,
  CreateEndpointSchema,
  EndpointDetailSchema,
  EndpointIdSchema,
  EndpointPageSchema,
  EndpointSchema,
  EndpointSuggestionSchema,
  ListEndpointsSchema,
  UpdateEndpointSchema,
} from '../../shared/endpoint-record.ts';
import { ProjectIdSchema } from '../../shared/project.ts';
import { operation, router } from './trpc.ts';

const endpointId = EndpointIdSchema;

const ENDPOINT: CliArgument = {
  name: 'ID',
  is: 'text',
  field: 'endpointId',
  description: 'ID of the endpoint; certdesk endpoints lists them',
};
/** One row per address. */
const REPORTS: Pick<CliMeta, 'view' | 'columns'> = {
  view: 'endpoint',
  columns: [
    { title: 'Address', field: 'address' },
    { title: 'Certificate', field: 'match', empty: '' },
    { title: 'Subject', field: 'chain.0.subject' },
    { title: 'Expires', field: 'chain.0.expiresAt', as: 'left' },
    { title: 'TLS', field: 'tlsVersion' },
    { title: 'Finding', field: 'findings.0.code' },
  ],
};

/** The time limit of a check, in milliseconds. A check also ends if the caller disconnects. */
const CHECK_MS = 60_000;

export const endpoints = router({
  list: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: { method: 'GET', path: '/endpoints', summary: 'List endpoints with their last check' },
      cli: [
        {
          verb: 'endpoints',
          summary: 'list endpoints, with what is wrong with what they present',
          pages: true,
          rows: 'endpoints',
          columns: [
            { title: 'Host', field: 'host' },
            { title: 'Port', field: 'port' },
            { title: 'Protocol', field: 'protocol' },
            { title: 'State', field: 'state', as: 'state' },
            { title: 'Expires', field: 'expiresAt', as: 'left' },
            { title: 'Checked', field: 'checkedAt', as: 'time' },
            { title: 'Finding', field: 'sentence' },
            { title: 'ID', field: 'id' },
          ],
          options: {
            q: 'only endpoints that contain this text in the host or server name',
            state: 'only endpoints in this state',
            finding: 'only endpoints with this finding',
            limit: 'show at most this many',
          },
          examples: [
            ['endpoints --state problem', 'servers that do not present the right certificate'],
            ['endpoints --finding served-old', 'servers that need a restart after a renewal'],
          ],
        },
      ],
    })
    .input(ListEndpointsSchema)
    .output(EndpointPageSchema)
    .query(({ ctx, input }) => ctx.engine.endpoints.list(input, ctx.principal.projectIds)),

  suggest: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/endpoints/suggestions',
        summary: 'List endpoints that projects have no check for: the names of their certificates',
      },
    })
    .input(z.object({ project: ProjectIdSchema.optional() }))
    .output(z.object({ suggestions: z.array(EndpointSuggestionSchema) }))
    .query(async ({ ctx, input }) => {
      const { projectIds } = ctx.principal;
      return { suggestions: [...(await ctx.engine.endpoints.suggest(input.project ?? null, projectIds))] };
    }),

  get: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/endpoints/{endpointId}',
        summary: 'Get an endpoint with what each of its addresses presented',
      },
      cli: [
        {
          verb: 'endpoint show',
          summary: 'show what each address of an endpoint presented',
          args: [ENDPOINT],
          ...REPORTS,
        },
      ],
    })
    .input(z.object({ endpointId }))
    .output(EndpointDetailSchema)
    .query(({ ctx, input }) => ctx.engine.endpoints.get(input.endpointId, ctx.principal.projectIds)),

  create: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: { method: 'POST', path: '/endpoints', summary: 'Create an endpoint', status: 201 },
      cli: [
        {
          verb: 'endpoint add',
          summary: 'add an endpoint, which Certdesk then checks every six hours',
          args: [{ name: 'HOST', is: 'text', field: 'host', description: 'host name or IP address' }],
          options: {
            port: "port (default: the protocol's)",
            protocol: 'tls, or the protocol that begins with STARTTLS (default: tls)',
            projectIds: 'IDs of the projects whose certificates are right there (default: only monitor)',
            serverName: 'name to send as SNI (default: the host)',
            intervalMinutes: 'minutes between two checks (default: 360)',
          },
          columns: [
            { title: 'Host', field: 'host' },
            { title: 'Port', field: 'port' },
            { title: 'Protocol', field: 'protocol' },
            { title: 'ID', field: 'id' },
          ],
          examples: [
            ['endpoint add mail.example.com --protocol smtp', 'the mail server, with STARTTLS on port 25'],
          ],
        },
      ],
    })
    .input(z.object({ body: CreateEndpointSchema }))
    .output(EndpointSchema)
    .mutation(({ ctx, input }) => ctx.engine.endpoints.create(input.body)),

  add: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/endpoints/bulk',
        summary: 'Create endpoints from lines or CSV; invalid lines are reported, the others created',
      },
    })
    .input(z.object({ body: AddEndpointsSchema }))
    .output(AddedEndpointsSchema)
    .mutation(({ ctx, input }) => ctx.engine.endpoints.add(input.body)),

  update: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'PATCH', path: '/endpoints/{endpointId}', summary: 'Change an endpoint' } })
    .input(z.object({ endpointId, body: UpdateEndpointSchema }))
    .output(EndpointSchema)
    .mutation(({ ctx, input }) => ctx.engine.endpoints.update(input.endpointId, input.body)),

  remove: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: { method: 'DELETE', path: '/endpoints/{endpointId}', summary: 'Delete an endpoint' },
      cli: [{ verb: 'endpoint remove', args: [ENDPOINT], confirm: 'Delete the endpoint {name}?' }],
    })
    .input(z.object({ endpointId, body: z.strictObject({}).optional() }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.endpoints.remove(input.endpointId);
      return { success: true as const, message: 'Endpoint removed' };
    }),

  check: operation({ reach: 'project', scope: 'projects:write', projects: 'visible' })
    .meta({
      rest: {
        method: 'POST',
        path: '/endpoints/{endpointId}/check',
        summary: 'Check an endpoint now: connect to each of its addresses',
      },
      cli: [{ verb: 'endpoint check', summary: 'check an endpoint now', args: [ENDPOINT], ...REPORTS }],
    })
    .input(z.object({ endpointId, body: z.strictObject({}).optional() }))
    .output(EndpointDetailSchema)
    .mutation(({ ctx, input, signal }) => {
      const end = AbortSignal.any([AbortSignal.timeout(CHECK_MS), ...(signal === undefined ? [] : [signal])]);
      return ctx.engine.endpoints.check(input.endpointId, ctx.principal.projectIds, end);
    }),
});
