// Adds one deployment to many projects. All or nothing for each project; a project that cannot have it does not keep the
// others from it.
import type { CreateDeployment } from '../../../shared/deployment.ts';
import type { CreatedMany, DeploymentTemplate, TemplatePreview } from '../../../shared/deployment-bulk.ts';
import { ErrorBodySchema } from '../../../shared/job.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { ProjectRecord } from '../core/model.ts';
import type { HostRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';
import { complete } from './definition.ts';
import type { Deployments } from './deployments.ts';
import { checkTemplate, fillTemplate } from './fill-template.ts';
import { pathClaimed, selectedHosts } from './targets.ts';

export interface AddToMany {
  /** Says what each project would get. Stores nothing. @throws INVALID_REQUEST for what concerns all projects */
  preview(template: DeploymentTemplate): Promise<TemplatePreview>;
  /** Deploys the active certificates at once. @throws INVALID_REQUEST for what concerns all projects */
  create(template: DeploymentTemplate): Promise<CreatedMany>;
}

export interface AddToManyDeps {
  readonly stores: Stores;
  readonly deployments: Pick<Deployments, 'create' | 'previewNew'>;
  projectsWithTags(tags: readonly string[]): Promise<readonly string[]>;
}

export function createAddToMany({ stores, deployments, projectsWithTags }: AddToManyDeps): AddToMany {
  /** Does the work for each project. @returns its result, or why there is none */
  async function forEach<T>(
    { projects, tag, ...template }: DeploymentTemplate,
    work: (project: ProjectRecord, body: CreateDeployment) => Promise<T>,
  ) {
    checkTemplate(template);
    const ids = new Set([...projects, ...(tag.length === 0 ? [] : await projectsWithTags(tag))]);
    if (ids.size === 0) throw invalid('tag', `no project has the tag ${tag.join(' and ')}`);
    const results = [];
    for (const id of ids) {
      const project = await stores.projects.get(id);
      const shown = { id, name: project?.name ?? null, domain: project?.domain ?? null };
      try {
        if (project === null) throw new CertdeskError('PROJECT_NOT_FOUND', `Project ${id} not found`);
        const body = fillTemplate(template, project);
        await assertNew(project, body);
        results.push({ ...shown, result: await work(project, body), error: null });
      } catch (error) {
        if (!(error instanceof CertdeskError)) throw error;
        results.push({ ...shown, result: null, error: ErrorBodySchema.parse(error.toBody()) });
      }
    }
    return results;
  }

  /** A second request with the same template creates nothing. @throws INVALID_REQUEST */
  async function assertNew(project: ProjectRecord, body: CreateDeployment): Promise<void> {
    const { name } = complete(body, project);
    const names = (await stores.deployments.ofProject(project.id)).map((each) => each.name);
    if (names.includes(name))
      throw invalid('name', `the project has a deployment ${name} already. Give this one another name`);
  }

  return {
    async preview(template) {
      const claims = await readClaims(stores, template);
      const results = await forEach(template, async (project, body) => {
        const preview = await deployments.previewNew(project.id, body, { warnsAboutClaims: false });
        const paths = preview.files.map(({ path }) => path);
        for (const { host, paths: taken } of claims)
          for (const path of paths) {
            const other = taken.get(path);
            if (other !== undefined) throw await conflict(stores, { host, path, other });
          }
        for (const { paths: taken } of claims) for (const path of paths) taken.set(path, { project });
        return preview;
      });
      return { projects: results.map(({ result, ...rest }) => ({ ...rest, preview: result })) };
    },

    async create(template) {
      const results = await forEach(template, async (project, body) => {
        const { id, name } = await deployments.create(project.id, body);
        return { id, name };
      });
      return { projects: results.map(({ result, ...rest }) => ({ ...rest, deployment: result })) };
    },
  };
}

/** Who has a path: a deployment, or a project of the same request. */
type Owner = { readonly deployment: string } | { readonly project: ProjectRecord };

interface HostClaims {
  readonly host: HostRecord;
  readonly paths: Map<string, Owner>;
}

async function readClaims(
  stores: Stores,
  template: Pick<CreateDeployment, 'hosts'>,
): Promise<readonly HostClaims[]> {
  const hosts = await selectedHosts(stores, template);
  return Promise.all(
    hosts.map(async (host) => {
      const claims = await stores.deployments.claimsOn(host.id);
      const owned = claims.map(({ path, deploymentId }) => [path, { deployment: deploymentId }] as const);
      return { host, paths: new Map<string, Owner>(owned) };
    }),
  );
}

async function conflict(
  stores: Stores,
  { host, path, other }: { readonly host: HostRecord; readonly path: string; readonly other: Owner },
): Promise<CertdeskError> {
  if ('deployment' in other) return pathClaimed(stores, { host, path, other: other.deployment });
  const { domain, name } = other.project;
  return new CertdeskError(
    'PATH_CLAIMED',
    `The deployment of ${domain ?? name} would write ${path} on ${host.name} too. Write {domain} in the path, or deselect one of the projects`,
    { host: host.name, path, deploymentId: null },
  );
}
