// Finds projects whose CAA records no longer permit their CA, to notify about them.
import type { Stores } from '../core/stores.ts';
import type { Condition } from './conditions.ts';

export async function findCaaConditions(stores: Stores): Promise<readonly Condition[]> {
  const locks = await stores.caaLocks.forbidden();
  return locks.map(({ projectId, message }) => ({
    key: `caa-lock:${projectId}`,
    kind: 'action_needed',
    severity: 'critical',
    projectId,
    async item() {
      const project = await stores.projects.get(projectId);
      return { projectId, domain: project?.domain ?? null, cause: message, expiresAt: null };
    },
  }));
}
