// Operations on projects.
import { z } from 'zod';
import {
  ChangeTagsSchema,
  CreateProjectSchema,
  ListedProjectSchema,
  ListProjectsSchema,
  ProjectFacetsSchema,
  ProjectIdSchema,
  ProjectPageSchema,
  ProjectSchema,
  UpdateProjectSchema,
} from '../../shared/project.ts';
import { LIST_PROJECTS, PROJECT, SHOW_PROJECT } from './cli-parts.ts';
import { operation, router } from './trpc.ts';

const id = ProjectIdSchema;

export const projects = router({
  list: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: { method: 'GET', path: '/projects', summary: 'List projects with their certificates' },
      cli: LIST_PROJECTS,
    })
    .input(ListProjectsSchema)
    .output(ProjectPageSchema)
    .query(({ ctx, input }) => ctx.engine.projects.list(input, ctx.principal.projectIds)),

  facets: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/projects/facets',
        summary: 'List the filter values of the project list, each with its number of projects',
      },
    })
    .output(ProjectFacetsSchema)
    .query(({ ctx }) => ctx.engine.projects.facets(ctx.principal.projectIds)),

  create: operation({ reach: 'project', scope: 'projects:write', projects: 'all' })
    .meta({
      rest: { method: 'POST', path: '/projects', summary: 'Create a project', status: 201 },
      cli: [
        {
          verb: 'project create',
          options: {
            domain: 'domain of the project',
            name: 'name of the project (default: the domain)',
            altNames: 'more names for its certificate',
            tags: 'tags of the project',
          },
          columns: [
            { title: 'Project', field: 'name' },
            { title: 'ID', field: 'id' },
          ],
          examples: [['project create --domain shop.example.com', 'a project to upload a certificate to']],
        },
      ],
    })
    .input(z.object({ body: CreateProjectSchema }))
    .output(ProjectSchema)
    .mutation(({ ctx, input }) => ctx.engine.projects.create(input.body)),

  get: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: { method: 'GET', path: '/projects/{id}', summary: 'Get a project' },
      cli: [SHOW_PROJECT],
    })
    .input(z.object({ id }))
    .output(ListedProjectSchema)
    .query(({ ctx, input }) => ctx.engine.projects.get(input.id)),

  update: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({ rest: { method: 'PATCH', path: '/projects/{id}', summary: 'Change a project' } })
    .input(z.object({ id, body: UpdateProjectSchema }))
    .output(ProjectSchema)
    .mutation(({ ctx, input }) => ctx.engine.projects.update(input.id, input.body)),

  changeTags: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/tags',
        summary: 'Add tags to a project, or remove them',
      },
      cli: [
        {
          verb: 'project tag',
          args: [PROJECT],
          options: { add: 'tags to add', remove: 'tags to remove' },
          columns: [
            { title: 'Project', field: 'name' },
            { title: 'Tags', field: 'tags' },
          ],
          examples: [['project tag shop.example.com --add production --remove staging', 'change its tags']],
        },
      ],
    })
    .input(z.object({ id, body: ChangeTagsSchema }))
    .output(ProjectSchema)
    .mutation(({ ctx, input }) => ctx.engine.projects.changeTags(input.id, input.body)),

  remove: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: { method: 'DELETE', path: '/projects/{id}', summary: 'Delete a project that has no certificate' },
      cli: [{ verb: 'project delete', args: [PROJECT], confirm: 'Delete the project {name}?' }],
    })
    .input(z.object({ id, body: z.strictObject({}).optional() }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.projects.remove(input.id);
      return { success: true as const, message: 'Project removed' };
    }),
});
