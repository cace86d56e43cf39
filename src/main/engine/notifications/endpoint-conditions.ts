// Finds the conditions of endpoints to notify about: confirmed problems, and endpoints that this machine cannot see.
import { formatEndpoint } from '../../../shared/endpoint-names.ts';
import { formatInZone } from '../../../shared/time-zone.ts';
import type { AlarmedEndpoint } from '../core/stores/endpoints.ts';
import type { MessageItem } from '../core/stores/notifications.ts';
import type { Stores } from '../core/stores.ts';
import { severityOf } from '../overview/served-needs.ts';
import { readTimeZone } from '../settings/settings.ts';
import type { Condition } from './conditions.ts';

const PREFIX = 'endpoint:';
const UNSEEN = 'endpoints-unseen';

/** One per endpoint and kind, and a single one for all endpoints that cannot be seen. */
export async function findEndpointConditions(stores: Stores, now: Date): Promise<readonly Condition[]> {
  const [alarmed, unknown] = await Promise.all([
    stores.endpoints.alarmed(null),
    stores.endpoints.countUnknown(null),
  ]);
  const problems = alarmed.flatMap((endpoint) =>
    endpoint.alarms.map((kind): Condition => {
      const { projectIds } = endpoint;
      const projectId = projectIds[0] ?? null;
      const severity =
        kind === 'not_served' ? severityOf(endpoint) : severityOf({ ...endpoint, alarms: [kind] });
      const item = () => problemItem(stores, endpoint, kind);
      const presentsOld = kind === 'not_served' && severity === 'warning';
      const key = `${PREFIX}${endpoint.id}:${kind}`;
      const isOutdated = presentsOld && Date.parse(endpoint.nextCheckAt) <= now.getTime();
      return { key, kind, severity, projectId, projectIds, presentsOld, isOutdated, item };
    }),
  );
  if (unknown === 0) return problems;
  const state = { key: UNSEEN, kind: 'not_served', severity: 'warning', projectId: null } as const;
  return [...problems, { ...state, item: async () => unseenItem(unknown) }];
}

async function problemItem(
  stores: Stores,
  endpoint: AlarmedEndpoint,
  kind: AlarmedEndpoint['alarms'][number],
): Promise<MessageItem> {
  const { projectIds, sentence, expiresAt, codes } = endpoint;
  const projectId = projectIds[0] ?? null;
  const certificate = projectId === null ? null : await stores.certificates.facts(projectId);
  const isOld = codes.includes('served-old') && certificate !== null;
  const timeZone = await readTimeZone(stores.settings);
  const since = isOld ? `Renewed ${formatInZone(timeZone, certificate.storedAt)}; ` : '';
  const name = formatEndpoint(endpoint);
  const cause = `${since}${sentence ?? `${name} has a problem.`}`;
  return {
    projectId,
    domain: name,
    cause,
    expiresAt: kind === 'endpoint_expiring' ? expiresAt : null,
    page: `/endpoints/${endpoint.id}`,
  };
}

function unseenItem(count: number): MessageItem {
  const what = count === 1 ? '1 endpoint' : `${count} endpoints`;
  const cause = `Certdesk cannot see ${what} from this machine. Check its network.`;
  return { projectId: null, domain: null, cause, expiresAt: null };
}

/**
 * The message about the end of a condition of an endpoint.
 * @returns undefined if the key is of another condition; null if nothing is to be reported, because the endpoint was
 * deleted
 */
export async function findResolvedEndpoint(
  stores: Stores,
  key: string,
): Promise<{ readonly item: MessageItem; readonly projectIds: readonly string[] } | null | undefined> {
  if (!key.startsWith(PREFIX)) return undefined;
  const [id = ''] = key.slice(PREFIX.length).split(':');
  const endpoint = await stores.endpoints.get(id);
  if (endpoint === null) return null;
  const { projectIds } = endpoint;
  const item = {
    projectId: projectIds[0] ?? null,
    domain: formatEndpoint(endpoint),
    cause: 'Resolved.',
    expiresAt: null,
    page: `/endpoints/${id}`,
  };
  return { item, projectIds };
}
