// The step between issued and served on the page of a project.

import { useQuery } from '@tanstack/react-query';
import type { ListedProject } from '../../shared/project.ts';
import { useApi } from '../api.ts';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import type { Face } from '../ui/status-style.ts';
import { useDeployedFace } from './use-deployed-face.ts';

export interface DeployedStep {
  readonly face: Face;
  /** How many deployments are in place, or when they will be. */
  readonly words: string;
  readonly at: string;
}

/** Null if the project has no deployment. */
export function useDeployedStep({ id, deployed }: ListedProject): DeployedStep | null {
  const api = useApi();
  const counts = useQuery(api.deployments.list.queryOptions({ project: id, limit: 1 })).data?.counts;
  const face = useDeployedFace(deployed ?? { state: 'unknown', waiting: null });
  if (deployed === null) return null;
  const inOrder = counts === undefined ? '' : deploymentTexts.inOrder(counts.deployed, counts.total);
  return { face, words: deployed.waiting === null ? inOrder : face.label, at: deployed.at };
}
