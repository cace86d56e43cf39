// Shows and creates what another client did after a renewal as deployments. deploy/ does both; it comes later in the
// order of the folders, so that it is passed in.
import type { FoundDeploymentInfo } from '../../../shared/import.ts';
import { toCertdeskError } from '../core/errors.ts';
import type { DeploymentBody, FoundDeployment } from './found-deployment.ts';

export interface DeploymentAdopter {
  /** Says in order what a run would do. @throws INVALID_REQUEST if it cannot be a deployment */
  describe(body: DeploymentBody, domain: string | null): readonly string[];
  /** Creates the deployment on this machine. @throws INVALID_REQUEST, PATH_CLAIMED, PROJECT_NOT_FOUND */
  create(
    projectId: string,
    found: Pick<FoundDeployment, 'name' | 'body'> & { readonly paused: boolean },
  ): Promise<void>;
}

/** The form in which a scan shows it. */
export function presentDeployment(
  adopter: DeploymentAdopter,
  { name, body, pausedBecause, notes }: FoundDeployment,
  domain: string | null,
): FoundDeploymentInfo {
  const shown = { name, kind: body.kind, paused: pausedBecause !== null };
  const remarks = [...(pausedBecause === null ? [] : [pausedBecause]), ...notes];
  try {
    return { ...shown, sentences: [...adopter.describe(body, domain)], notes: remarks };
  } catch (error) {
    const message = `It cannot be imported: ${toCertdeskError(error).message}`;
    return { ...shown, sentences: [], notes: [message, ...notes] };
  }
}

/** Creates the deployments. A failure does not stop the others. @returns what the user should know, as sentences */
export async function adoptDeployments(
  adopter: DeploymentAdopter,
  projectId: string,
  all: readonly FoundDeployment[],
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const { name, body, pausedBecause, notes: own } of all) {
    try {
      await adopter.create(projectId, { name, body, paused: pausedBecause !== null });
      const paused = pausedBecause === null ? '' : ` It is paused. ${pausedBecause}`;
      notes.push(`Created the deployment ${name}.${paused}`, ...own);
    } catch (error) {
      notes.push(`The deployment ${name} was not created: ${toCertdeskError(error).message}`);
    }
  }
  return notes;
}
