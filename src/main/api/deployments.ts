// Operations on deployments. A signed-in person defines them; tokens may run existing ones of their projects.
import { z } from 'zod';
import {
  CreateDeploymentSchema,
  DeploymentPageSchema,
  DeploymentPreviewSchema,
  DeploymentSchema,
  ListDeploymentsSchema,
  RecipeSchema,
  UpdateDeploymentSchema,
} from '../../shared/deployment.ts';
import {
  DeploymentRunSchema,
  RollBackDeploymentSchema,
  RunDeploymentSchema,
  RunDeploymentsSchema,
} from '../../shared/deployment-run.ts';
import { HostTestSchema } from '../../shared/host.ts';
import { ProjectIdSchema } from '../../shared/project.ts';
import { OF_PROJECT } from './cli-parts.ts';
import { deploymentBulk } from './deployment-bulk.ts';
import { within } from './hosts.ts';
import { type Meta, operation, router } from './trpc.ts';

const id = ProjectIdSchema;
const deploymentId = z.string().min(1).max(64);
const runId = z.string().min(1).max(64);
const nothing = z.strictObject({}).optional();
const startedRuns = z.object({ runs: z.array(DeploymentRunSchema) });

/** Adds what paused the deployment: a person has to confirm it after a restore, and to read it after an import. */
const withPause: Meta['checkedAs'] = async ({ deployments }, input) => {
  const { pausedBy } = await deployments.get(String(input.deploymentId));
  return { ...input, pausedBy };
};

const ResumeInput = z.object({ deploymentId, body: nothing }).meta({
  reachOf: (input) => (['restore', 'import'].includes(Object(input).pausedBy) ? { reach: 'system' } : null),
});

const DeploymentTestSchema = z.object({
  hosts: z.array(z.object({ id: z.string(), name: z.string(), test: HostTestSchema })),
  untested: z.int().min(0).meta({
    description: 'Number of further hosts that were not tested: a test covers the first 20 by name',
  }),
});

export const deployments = router({
  list: operation({ reach: 'project', scope: 'projects:read', projects: 'visible' })
    .meta({
      rest: {
        method: 'GET',
        path: '/deployments',
        summary: 'List deployments with the last run on each host, filtered and page by page',
      },
      cli: [
        {
          verb: 'deployments',
          summary: 'list deployments and their state',
          args: [OF_PROJECT],
          pages: true,
          rows: 'deployments',
          columns: [
            { title: 'Project', field: 'project.name' },
            { title: 'Deployment', field: 'name' },
            { title: 'State', field: 'state', as: 'state' },
            { title: 'Since', field: 'stateAt', as: 'time' },
            { title: 'Deploys', field: 'waiting.until', as: 'time' },
            { title: 'ID', field: 'id' },
          ],
        },
      ],
    })
    .input(ListDeploymentsSchema)
    .output(DeploymentPageSchema)
    .query(({ ctx, input }) => ctx.engine.deployments.list(input, ctx.principal.projectIds)),

  recipes: operation({ reach: 'project', scope: 'projects:read', projects: 'none' })
    .meta({
      rest: {
        method: 'GET',
        path: '/deployment-recipes',
        summary: 'List the services for which Certdesk can fill in a deployment',
      },
    })
    .output(z.object({ recipes: z.array(RecipeSchema) }))
    .query(({ ctx }) => ({ recipes: [...ctx.engine.deploymentRecipes()] })),

  ofProject: operation({ reach: 'project', scope: 'projects:read', projects: 'id' })
    .meta({
      rest: {
        method: 'GET',
        path: '/projects/{id}/deployments',
        summary: 'List the deployments of a project',
      },
    })
    .input(z.object({ id }))
    .output(z.object({ deployments: z.array(DeploymentSchema) }))
    .query(async ({ ctx, input }) => ({
      deployments: [...(await ctx.engine.deployments.ofProject(input.id))],
    })),

  create: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/deployments',
        summary: 'Create a deployment. It deploys the active certificate at once',
        status: 201,
      },
    })
    .input(z.object({ id, body: CreateDeploymentSchema }))
    .output(DeploymentSchema)
    .mutation(({ ctx, input }) => ctx.engine.deployments.create(input.id, input.body)),

  previewNew: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/deployments/preview',
        summary: 'Say what a new deployment would do, without creating it',
      },
      audit: false,
    })
    .input(z.object({ id, body: CreateDeploymentSchema }))
    .output(DeploymentPreviewSchema)
    .mutation(({ ctx, input }) => ctx.engine.deployments.previewNew(input.id, input.body)),

  get: operation({ reach: 'project', scope: 'projects:read', projects: 'deployment' })
    .meta({
      rest: {
        method: 'GET',
        path: '/deployments/{deploymentId}',
        summary: 'Get a deployment with the last run on each host',
      },
    })
    .input(z.object({ deploymentId }))
    .output(DeploymentSchema)
    .query(({ ctx, input }) => ctx.engine.deployments.get(input.deploymentId)),

  update: operation({ reach: 'system' })
    .meta({
      rest: { method: 'PATCH', path: '/deployments/{deploymentId}', summary: 'Change a deployment' },
    })
    .input(z.object({ deploymentId, body: UpdateDeploymentSchema }))
    .output(DeploymentSchema)
    .mutation(({ ctx, input }) => ctx.engine.deployments.update(input.deploymentId, input.body)),

  remove: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'DELETE',
        path: '/deployments/{deploymentId}',
        summary: 'Remove a deployment. Files that it installed stay on the hosts',
      },
    })
    .input(z.object({ deploymentId, body: nothing }))
    .output(z.object({ success: z.literal(true), message: z.string() }))
    .mutation(async ({ ctx, input }) => {
      await ctx.engine.deployments.remove(input.deploymentId);
      return { success: true as const, message: 'Deployment removed' };
    }),

  preview: operation({ reach: 'project', scope: 'projects:read', projects: 'deployment' })
    .meta({
      rest: {
        method: 'GET',
        path: '/deployments/{deploymentId}/preview',
        summary: 'Say what a run of the deployment does',
      },
    })
    .input(z.object({ deploymentId }))
    .output(DeploymentPreviewSchema)
    .query(({ ctx, input }) => ctx.engine.deployments.preview(input.deploymentId)),

  deploy: operation({ reach: 'project', scope: 'projects:write', projects: 'deployment' })
    .meta({
      rest: {
        method: 'POST',
        path: '/deployments/{deploymentId}/run',
        summary: 'Deploy the active certificate now',
      },
    })
    .input(z.object({ deploymentId, body: RunDeploymentSchema.optional() }))
    .output(startedRuns)
    .mutation(async ({ ctx, input }) => {
      const { force = false, hosts = null, ignoreWindow = false } = input.body ?? {};
      const how = { force, hosts, ignoreWindow };
      return { runs: [...(await ctx.engine.deployments.run(input.deploymentId, how))] };
    }),

  deployProject: operation({ reach: 'project', scope: 'projects:write', projects: 'id' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/deployments/run',
        summary: 'Deploy the active certificate with all deployments of the project now',
      },
    })
    .input(z.object({ id, body: RunDeploymentsSchema.optional() }))
    .output(startedRuns)
    .mutation(async ({ ctx, input }) => {
      const { force = false, host = null, deployment = null, ignoreWindow = false } = input.body ?? {};
      const how = { force, host, deployment, ignoreWindow };
      return { runs: [...(await ctx.engine.deployments.runAll(input.id, how))] };
    }),

  test: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/deployments/{deploymentId}/test',
        summary:
          'Test a deployment on its hosts, also with changes that are not saved: rights, files, commands and the service. Changes nothing',
      },
    })
    .input(z.object({ deploymentId, body: UpdateDeploymentSchema.optional() }))
    .output(DeploymentTestSchema)
    .mutation(async ({ ctx, input: { deploymentId: of, body = {} }, signal }) => {
      const { hosts, untested } = await ctx.engine.hostTests.testDeployment(of, body, within(signal));
      return { hosts: [...hosts], untested };
    }),

  testNew: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/projects/{id}/deployments/test',
        summary: 'Test a new deployment on its hosts without creating it. Changes nothing',
      },
    })
    .input(z.object({ id, body: CreateDeploymentSchema }))
    .output(DeploymentTestSchema)
    .mutation(async ({ ctx, input, signal }) => {
      const { hosts, untested } = await ctx.engine.hostTests.testNew(input.id, input.body, within(signal));
      return { hosts: [...hosts], untested };
    }),

  rollBack: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/deployments/{deploymentId}/roll-back',
        summary: 'Deploy an earlier version of the certificate, until the next renewal',
      },
    })
    .input(z.object({ deploymentId, body: RollBackDeploymentSchema }))
    .output(startedRuns)
    .mutation(async ({ ctx, input: { deploymentId: of, body } }) => ({
      runs: [...(await ctx.engine.deployments.rollBack(of, body.versionId, body.hosts))],
    })),

  pause: operation({ reach: 'project', scope: 'projects:write', projects: 'deployment' })
    .meta({
      rest: {
        method: 'POST',
        path: '/deployments/{deploymentId}/pause',
        summary: 'Pause a deployment: nothing is installed until it is resumed',
      },
    })
    .input(z.object({ deploymentId, body: nothing }))
    .output(DeploymentSchema)
    .mutation(({ ctx, input }) => ctx.engine.deployments.pause(input.deploymentId)),

  resume: operation({ reach: 'project', scope: 'projects:write', projects: 'deployment' })
    .meta({
      rest: {
        method: 'POST',
        path: '/deployments/{deploymentId}/resume',
        summary:
          'Resume a deployment and deploy the active certificate. After a restore or an import only a signed-in person may',
      },
      checkedAs: withPause,
    })
    .input(ResumeInput)
    .output(DeploymentSchema)
    .mutation(({ ctx, input }) => ctx.engine.deployments.resume(input.deploymentId)),

  runs: operation({ reach: 'project', scope: 'projects:read', projects: 'deployment' })
    .meta({
      rest: {
        method: 'GET',
        path: '/deployments/{deploymentId}/runs',
        summary: 'List the runs of a deployment, newest first',
      },
    })
    .input(z.object({ deploymentId, limit: z.coerce.number().int().min(1).max(500).default(50) }))
    .output(z.object({ runs: z.array(DeploymentRunSchema) }))
    .query(async ({ ctx, input }) => ({
      runs: [...(await ctx.engine.deploymentRuns.list(input.deploymentId, input.limit))],
    })),

  getRun: operation({ reach: 'project', scope: 'projects:read', projects: 'deployment-run' })
    .meta({
      rest: { method: 'GET', path: '/deployment-runs/{runId}', summary: 'Get a run with its steps' },
    })
    .input(z.object({ runId }))
    .output(DeploymentRunSchema)
    .query(({ ctx, input }) => ctx.engine.deploymentRuns.get(input.runId)),

  retryRun: operation({ reach: 'project', scope: 'projects:write', projects: 'deployment-run' })
    .meta({
      rest: {
        method: 'POST',
        path: '/deployment-runs/{runId}/retry',
        summary: 'Start the next attempt of a failed run now',
      },
    })
    .input(z.object({ runId, body: nothing }))
    .output(DeploymentRunSchema)
    .mutation(({ ctx, input }) => ctx.engine.deploymentRuns.retry(input.runId)),

  ...deploymentBulk,
});
