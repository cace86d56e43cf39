// Finds replaced certificates that their CA has not revoked yet, to notify about them.
import type { Stores } from '../core/stores.ts';
import { causeOfRevocation, findRevocationNeeds } from '../overview/revocation-needs.ts';
import type { Condition } from './conditions.ts';

export async function findRevocationConditions(stores: Stores): Promise<readonly Condition[]> {
  const needs = await findRevocationNeeds(stores, null);
  return needs.map((need) => {
    const { projectId, severity, retry } = need;
    return {
      key: `revocation:${retry.certificateId}`,
      kind: 'failed',
      severity,
      projectId,
      async item() {
        const project = await stores.projects.get(projectId);
        const domain = project?.domain ?? project?.name ?? null;
        return { projectId, domain, cause: causeOfRevocation(need, false), expiresAt: retry.expiresAt };
      },
    };
  });
}
