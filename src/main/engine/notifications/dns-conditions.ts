// Finds projects whose DNS records will keep the CA from renewing, to notify about them.
import type { Stores } from '../core/stores.ts';
import { findDnsNeeds } from '../overview/dns-needs.ts';
import type { Condition } from './conditions.ts';

const KEYS = { caa_forbidden: 'caa-lock', persist_record: 'persist-record' } as const;

export async function findDnsConditions(stores: Stores): Promise<readonly Condition[]> {
  const needs = await findDnsNeeds(stores, null);
  return needs.map(({ projectId, kind, severity, sentence }) => ({
    key: `${KEYS[kind]}:${projectId}`,
    kind: 'action_needed',
    severity,
    projectId,
    async item() {
      const project = await stores.projects.get(projectId);
      return { projectId, domain: project?.domain ?? null, cause: sentence ?? '', expiresAt: null };
    },
  }));
}
