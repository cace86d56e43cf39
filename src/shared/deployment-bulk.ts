// Schemas of what concerns the deployments of many projects at once.
import { z } from 'zod';
import { CreateDeploymentSchema, DeploymentPreviewSchema } from './deployment.ts';
import { DeploymentRunSchema, ForceSchema, IgnoreWindowSchema, OnHostSchema } from './deployment-run.ts';
import { ErrorBodySchema } from './job.ts';
import { ProjectIdSchema } from './project.ts';
import { TagsSchema } from './tag.ts';

/** The maximum number of projects of one request. */
const MAX_BULK_PROJECTS = 1_000;

const projectIds = z.array(ProjectIdSchema).max(MAX_BULK_PROJECTS);

export const DeployManySchema = z
  .strictObject({
    projects: projectIds
      .default([])
      .meta({ description: 'IDs of projects: all their deployments', reach: 'project' }),
    deployments: z
      .array(z.string().min(1).max(64))
      .max(MAX_BULK_PROJECTS)
      .default([])
      .meta({ description: 'IDs of deployments', reach: 'project' }),
    tag: TagsSchema.default([]).meta({
      description: 'Also the projects that have all of these tags and a deployment',
      reach: 'project',
    }),
    force: ForceSchema,
    host: OnHostSchema,
    ignoreWindow: IgnoreWindowSchema,
  })
  .refine(({ projects, deployments, tag }) => projects.length + deployments.length + tag.length > 0, {
    path: ['projects'],
    message: 'is empty: name projects, deployments or tags',
  })
  .meta({ id: 'DeployMany' });
export type DeployMany = z.output<typeof DeployManySchema>;

/** A project in the result of a request for many. */
const project = {
  id: z.string(),
  name: z.string().nullable().meta({ description: 'Null if there is no such project' }),
  domain: z.string().nullable(),
};

export const DeployedManySchema = z
  .object({
    runs: z.array(DeploymentRunSchema).meta({ description: 'The runs of all projects' }),
    projects: z.array(
      z.object({
        ...project,
        runs: z.int().min(0).meta({ description: 'Number of runs that were started' }),
        error: ErrorBodySchema.nullable().meta({
          description: 'Why not everything was started; null if it was',
        }),
      }),
    ),
  })
  .meta({ id: 'DeployedMany' });
export type DeployedMany = z.infer<typeof DeployedManySchema>;

const PREVIEWED = { reach: 'installation' } as const;

/** A deployment for many projects. Its texts may contain `{domain}`. */
export const DeploymentTemplateSchema = z
  .strictObject({
    ...CreateDeploymentSchema.shape,
    projects: projectIds.default([]).meta({ description: 'IDs of projects', ...PREVIEWED }),
    tag: TagsSchema.default([]).meta({
      description: 'Also the projects that have all of these tags',
      ...PREVIEWED,
    }),
  })
  .refine(({ projects, tag }) => projects.length + tag.length > 0, {
    path: ['projects'],
    message: 'is empty: name projects or tags',
  })
  .meta({ id: 'DeploymentTemplate' });
export type DeploymentTemplate = z.output<typeof DeploymentTemplateSchema>;

const refusal = ErrorBodySchema.nullable();

export const TemplatePreviewSchema = z
  .object({
    projects: z.array(
      z.object({
        ...project,
        preview: DeploymentPreviewSchema.nullable(),
        error: refusal.meta({ description: 'Why the project would get no deployment; null if it would' }),
      }),
    ),
  })
  .meta({ id: 'TemplatePreview' });
export type TemplatePreview = z.infer<typeof TemplatePreviewSchema>;

export const CreatedManySchema = z
  .object({
    projects: z.array(
      z.object({
        ...project,
        deployment: z.object({ id: z.string(), name: z.string() }).nullable(),
        error: refusal.meta({ description: 'Why nothing was created; null if the deployment was' }),
      }),
    ),
  })
  .meta({ id: 'CreatedDeployments' });
export type CreatedMany = z.infer<typeof CreatedManySchema>;
