// Deploys each version that becomes active, and stops the deployment of withdrawn ones, in the transaction of the change
// (certificates/watch.ts).
import { toTimestamp } from '../../../shared/time.ts';
import type { CertificateWatcher } from '../certificates/watch.ts';
import type { Clock } from '../core/ports.ts';
import { cancelRuns, insertRuns } from './schedule.ts';
import { releaseWaiting } from './start-of-run.ts';
import { refreshState } from './state.ts';

export function createDeploymentWatcher(clock: Clock): CertificateWatcher {
  const now = () => toTimestamp(clock.now());
  return {
    async onActivated(tx, version) {
      for (const deployment of await tx.deployments.ofProject(version.projectId)) {
        if (deployment.enabled)
          await insertRuns(tx, deployment, { version, trigger: 'activated', now: now() });
        else await refreshState(tx, deployment.id, now());
      }
    },

    async onWithdrawn(tx, version, reason) {
      const { projectId } = version;
      const active = await tx.certificates.facts(projectId);
      for (const { id } of await tx.deployments.ofProject(projectId)) {
        // A revocation comes after the activation of the replacement, whose runs continue.
        if (active === null || active.id === version.id) await cancelRuns(tx, { deploymentId: id }, now());
        if (reason === 'keyCompromise') {
          await tx.deployments.forgetGenerations(id, now());
          await releaseWaiting(tx, id, now());
        }
        await refreshState(tx, id, now());
      }
    },

    async onProjectDeleted(tx, projectId) {
      for (const { id } of await tx.deployments.ofProject(projectId)) await tx.deployments.delete(id);
    },
  };
}
