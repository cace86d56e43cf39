// Finds the incidents to notify about: one condition for each, however many certificates it concerns.
import type { IncidentRecord } from '../core/stores/incidents.ts';
import type { MessageItem } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import { incidentSentence } from '../incidents/incident-text.ts';
import { nameOfDirectory } from '../incidents/incidents.ts';
import type { Condition } from './conditions.ts';

const PREFIX = 'incident:';

export async function findIncidentConditions(stores: Stores): Promise<readonly Condition[]> {
  return (await stores.incidents.listOpen()).map((incident) => ({
    key: `${PREFIX}${incident.id}`,
    kind: 'incident',
    severity: 'warning',
    projectId: null,
    item: () => incidentItem(stores, incident),
  }));
}

async function incidentItem(
  stores: Stores,
  { id, directoryUrl, explanationUrl }: IncidentRecord,
): Promise<MessageItem> {
  const counts = await stores.incidents.counts(id, null);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const ca = nameOfDirectory(directoryUrl);
  const cause = incidentSentence({ ca, total, byHand: counts.by_hand, explanationUrl });
  return { projectId: null, domain: null, cause, expiresAt: null, page: `/incidents/${id}` };
}

/** @returns undefined if the key is of another condition; null if the incident was deleted */
export async function findResolvedIncident(
  stores: Stores,
  key: string,
): Promise<MessageItem | null | undefined> {
  if (!key.startsWith(PREFIX)) return undefined;
  const id = key.slice(PREFIX.length);
  if ((await stores.incidents.get(id)) === null) return null;
  const { renewed, removed } = await stores.incidents.counts(id, null);
  const gone = removed === 0 ? '' : ` ${removed} ${removed === 1 ? 'was' : 'were'} removed.`;
  const cause = `${renewed} ${renewed === 1 ? 'certificate was' : 'certificates were'} renewed.${gone}`;
  return { projectId: null, domain: null, cause, expiresAt: null, page: `/incidents/${id}` };
}
