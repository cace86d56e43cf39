// Operations on the deployments of many projects. Part of the router `deployments`.
import { z } from 'zod';
import {
  CreatedManySchema,
  DeployedManySchema,
  DeployManySchema,
  DeploymentTemplateSchema,
  TemplatePreviewSchema,
} from '../../shared/deployment-bulk.ts';
import { DEPLOYABLES } from './cli-parts.ts';
import { operation } from './trpc.ts';

export const deploymentBulk = {
  deployMany: operation({ reach: 'project', scope: 'projects:write', projects: 'visible' })
    .meta({
      rest: {
        method: 'POST',
        path: '/deployments/run',
        summary:
          'Deploy the active certificates of many projects now. Each project has its own result: the number of runs started, or the reason if there is none',
      },
      cli: [
        {
          verb: 'deploy',
          summary: 'install certificates on their hosts now',
          args: [DEPLOYABLES],
          options: {
            tag: 'also the projects with all of these tags',
            host: '',
            force: '',
            ignoreWindow: '',
          },
          runs: true,
          rows: 'runs',
          columns: [
            { title: 'Host', field: 'host.name' },
            { title: 'State', field: 'state', as: 'state' },
            { title: 'Waits', field: 'waitsFor' },
            { title: 'Project', field: 'projectId', as: 'project' },
            { title: 'Run', field: 'id' },
          ],
          examples: [
            ['deploy shop.example.com', 'on all hosts of the project'],
            ['deploy shop.example.com --host web-1 --force', 'on one host, even if nothing has changed'],
            ['deploy nginx --no-wait', 'with the deployment of that name, without waiting for its end'],
            ['deploy --tag production', 'all projects with that tag that have a deployment'],
          ],
        },
      ],
    })
    .input(z.object({ body: DeployManySchema }))
    .output(DeployedManySchema)
    .mutation(({ ctx, input }) => ctx.engine.deployMany(input.body, ctx.principal.projectIds)),

  previewMany: operation({ reach: 'installation', scope: 'admin' })
    .meta({
      rest: {
        method: 'POST',
        path: '/deployments/template/preview',
        summary:
          'Preview a deployment for many projects: what it would do in each of them, without creating it',
      },
      cli: [
        {
          verb: 'deployment preview',
          summary:
            'preview what a deployment for many projects would do in each of them, without creating it',
          args: [
            {
              name: 'FILE',
              is: 'json-file',
              field: 'projects',
              description:
                'JSON file with the deployment, as POST /deployments/template takes it; - is standard input',
            },
          ],
          options: {
            projects: 'IDs of projects',
            tag: 'also the projects with all of these tags',
          },
          rows: 'projects',
          columns: [
            { title: 'Project', field: 'domain|name|id' },
            { title: 'Files', field: 'preview.files.0.path' },
            { title: 'Refused because', field: 'error.error' },
          ],
          next: {
            text: 'Nothing was created. A signed-in person creates the deployments here',
            page: '/deployments/many',
          },
          examples: [['deployment preview nginx.json --tag shops', 'for all projects with the tag shops']],
        },
      ],
      audit: false,
    })
    .input(z.object({ body: DeploymentTemplateSchema }))
    .output(TemplatePreviewSchema)
    .mutation(({ ctx, input }) => ctx.engine.addToMany.preview(input.body)),

  createMany: operation({ reach: 'system' })
    .meta({
      rest: {
        method: 'POST',
        path: '/deployments/template',
        summary:
          'Create a deployment in each of many projects, with {domain} filled in. Each project has its own result; it gets the whole deployment, or nothing',
      },
    })
    .input(z.object({ body: DeploymentTemplateSchema }))
    .output(CreatedManySchema)
    .mutation(({ ctx, input }) => ctx.engine.addToMany.create(input.body)),
};
