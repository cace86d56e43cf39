// Names the deployments that use a host or a secret, with their projects: a recipe gives many deployments the same name.
import type { DeploymentRecord } from '../core/model-deploy.ts';
import type { Stores } from '../core/stores.ts';

export interface UsingDeployment {
  readonly id: string;
  readonly name: string;
  /** The domain of its project, or the name of a project without one. */
  readonly project: string;
}

/** @returns them by project and name */
export async function withProjects(
  { projects }: Pick<Stores, 'projects'>,
  deployments: readonly DeploymentRecord[],
): Promise<readonly UsingDeployment[]> {
  const users = await Promise.all(
    deployments.map(async ({ id, name, projectId }) => {
      const project = await projects.get(projectId);
      return { id, name, project: project?.domain ?? project?.name ?? projectId };
    }),
  );
  return users.toSorted((a, b) => a.project.localeCompare(b.project) || a.name.localeCompare(b.name));
}
