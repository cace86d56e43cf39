// Starts the deployments of many projects. Each project has its own result: one that cannot be deployed does not keep
// the others from it.
import type { DeployedMany, DeployMany } from '../../../shared/deployment-bulk.ts';
import { ErrorBodySchema } from '../../../shared/job.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { Deployments } from './deployments.ts';

export interface DeployManyDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly deployments: Pick<Deployments, 'runAll'>;
}

type Result = DeployedMany['projects'][number];

/** What to deploy of a project: all, or only some deployments. */
interface Chosen {
  readonly projectId: string;
  readonly deployments: readonly string[] | 'all';
}

const PAGE = 500;

/**
 * @param visible The caller's projects; null for all. Others are answered like projects that do not exist.
 * @throws DEPLOYMENT_NOT_FOUND if only tags are named, and no project has them and a deployment
 */
export function createDeployMany({ stores, clock, deployments }: DeployManyDeps) {
  const isVisible = (id: string, visible: readonly string[] | null) =>
    visible === null || visible.includes(id);

  async function choose(wanted: DeployMany, visible: readonly string[] | null) {
    const chosen = new Map<string, Chosen>();
    const missing: Result[] = [];
    const byTag = wanted.tag.length === 0 ? [] : await withDeployments(wanted.tag, visible);
    for (const projectId of [...wanted.projects, ...byTag]) {
      if (isVisible(projectId, visible)) chosen.set(projectId, { projectId, deployments: 'all' });
      else missing.push(notFound(projectId, 'PROJECT_NOT_FOUND', `Project ${projectId} not found`));
    }
    for (const id of new Set(wanted.deployments)) {
      const projectId = (await stores.deployments.get(id))?.projectId;
      if (projectId === undefined || !isVisible(projectId, visible)) {
        missing.push(notFound(id, 'DEPLOYMENT_NOT_FOUND', `Deployment ${id} not found`));
        continue;
      }
      const before = chosen.get(projectId)?.deployments ?? [];
      if (before !== 'all') chosen.set(projectId, { projectId, deployments: [...before, id] });
    }
    return { chosen: [...chosen.values()], missing };
  }

  async function withDeployments(tags: readonly string[], visible: readonly string[] | null) {
    const found: string[] = [];
    for (const id of await projectsWithTags({ stores, clock }, tags, visible))
      if ((await stores.deployments.ofProject(id)).length > 0) found.push(id);
    return found;
  }

  return async (wanted: DeployMany, visible: readonly string[] | null): Promise<DeployedMany> => {
    const { chosen, missing } = await choose(wanted, visible);
    if (chosen.length + missing.length === 0) {
      const message = `No project with the tag ${wanted.tag.join(' and ')} has a deployment`;
      throw new CertdeskError('DEPLOYMENT_NOT_FOUND', message);
    }
    const { force, host, ignoreWindow } = wanted;
    const runs: DeployedMany['runs'] = [];
    const results: Result[] = [];
    for (const { projectId, deployments: only } of chosen) {
      const before = runs.length;
      let error: CertdeskError | null = null;
      for (const deployment of only === 'all' ? [null] : only) {
        try {
          runs.push(...(await deployments.runAll(projectId, { force, host, ignoreWindow, deployment })));
        } catch (caught) {
          if (!(caught instanceof CertdeskError)) throw caught;
          error ??= caught;
        }
      }
      const { name = null, domain = null } = (await stores.projects.get(projectId)) ?? {};
      results.push({
        id: projectId,
        name,
        domain,
        runs: runs.length - before,
        error: error === null ? null : toErrorBody(error),
      });
    }
    return { runs, projects: [...results, ...missing] };
  };
}

/** @returns the IDs of the visible projects that have all of these tags */
export async function projectsWithTags(
  { stores, clock }: Pick<DeployManyDeps, 'stores' | 'clock'>,
  tags: readonly string[],
  visible: readonly string[] | null,
): Promise<readonly string[]> {
  const now = toTimestamp(clock.now());
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const query = { tags, ids: visible, now, soon: now, limit: PAGE };
    const page = await stores.projects.list({ ...query, ...(cursor === null ? {} : { cursor }) });
    found.push(...page.items.map(({ project }) => project.id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

function notFound(id: string, code: 'PROJECT_NOT_FOUND' | 'DEPLOYMENT_NOT_FOUND', message: string): Result {
  return { id, name: null, domain: null, runs: 0, error: toErrorBody(new CertdeskError(code, message)) };
}

const toErrorBody = (error: CertdeskError) => ErrorBodySchema.parse(error.toBody());
