// Operations on endpoints: where certificates are served, and what clients are given there. Defining one makes Certdesk
// connect to an address, so it needs the installation; checking one that exists does not.
import { z } from 'zod';
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
/** The time limit of a check, in milliseconds. A check also ends if the caller disconnects. */
const CHECK_MS = 60_000;

export const endpoints = router({
  list: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({ rest: { method: 'GET', path: '/endpoints', summary: 'List endpoints with their last check' } })
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
    })
    .input(z.object({ endpointId }))
    .output(EndpointDetailSchema)
    .query(({ ctx, input }) => ctx.engine.endpoints.get(input.endpointId, ctx.principal.projectIds)),

  create: operation({ reach: 'installation', scope: 'admin' })
    .meta({ rest: { method: 'POST', path: '/endpoints', summary: 'Create an endpoint', status: 201 } })
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
    .meta({ rest: { method: 'DELETE', path: '/endpoints/{endpointId}', summary: 'Delete an endpoint' } })
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
    })
    .input(z.object({ endpointId, body: z.strictObject({}).optional() }))
    .output(EndpointDetailSchema)
    .mutation(({ ctx, input, signal }) => {
      const end = AbortSignal.any([AbortSignal.timeout(CHECK_MS), ...(signal === undefined ? [] : [signal])]);
      return ctx.engine.endpoints.check(input.endpointId, ctx.principal.projectIds, end);
    }),
});
