// The page that adds one deployment to many projects.
import { formatCount, formatNumber } from '../format.ts';

const projects = (n: number): string => formatCount(n, 'project', 'projects');

export const deploymentMany = {
  title: (n: number) => `Add a deployment to ${projects(n)}`,
  noProjects: 'No projects are selected. Select some in the list, then choose “Add deployment”.',
  placeholder:
    '{domain} stands for the domain of each project in paths, commands and values: without *., and with _ for the colons of an IPv6 address.',
  more: 'More fields of the recipe, name',
  serverNameHint:
    'Optional. Defaults to the domain. For wildcards, enter a name below them such as www.{domain}.',
  preview: 'What each project gets',
  ready: 'Projects that get the deployment',
  skipped: 'Projects that are skipped',
  incomplete: 'Choose a service and its hosts to see what each project gets.',
  previewing: 'Loading …',
  counts: (ready: number, all: number) =>
    ready === all
      ? `All ${formatNumber(all)} can have the deployment.`
      : `${formatNumber(ready)} of ${formatNumber(all)} can have the deployment. The others are skipped:`,
  unknown: (id: string) => `Project ${id}`,
  example: (project: string) => `For example, ${project}:`,
  submit: (n: number) =>
    n === 0 ? 'Create deployments' : `Create ${formatCount(n, 'deployment', 'deployments')}`,
  created: (n: number) => `${formatCount(n, 'deployment', 'deployments')} created`,
  failed: (n: number) => `${projects(n)} got no deployment:`,
} as const;
