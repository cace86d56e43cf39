// Finds projects and servers whose clients do not get the right certificate, from the alarms of endpoints.
import type { Attention, EndpointSummary } from '../../../shared/overview.ts';
import type { AlarmedEndpoint } from '../core/stores/endpoints.ts';
import type { Stores } from '../core/stores.ts';
import type { Need } from './attention.ts';

export interface ServedNeed extends Need {
  readonly projectId: string;
  readonly endpoint: AlarmedEndpoint;
  /** Further endpoints of the project with an alarm. */
  readonly others: number;
}

/** One for each project that has an endpoint with a confirmed problem. */
export function groupByProject(
  alarmed: readonly AlarmedEndpoint[],
  visible: readonly string[] | null,
): readonly ServedNeed[] {
  const pairs = alarmed.flatMap((endpoint) =>
    endpoint.projectIds
      .filter((id) => visible === null || visible.includes(id))
      .map((projectId) => ({ projectId, endpoint })),
  );
  return [...Map.groupBy(pairs, ({ projectId }) => projectId)].flatMap(([projectId, of]) => {
    const worst = of.find(({ endpoint }) => severityOf(endpoint) === 'critical') ?? of[0];
    if (worst === undefined) return [];
    const { endpoint } = worst;
    const kind: Attention['kind'] = endpoint.alarms.includes('not_served')
      ? 'not_served'
      : 'endpoint_expiring';
    return [{ kind, severity: severityOf(endpoint), projectId, endpoint, others: of.length - 1 }];
  });
}

/** An old certificate that is still valid breaks nothing yet. */
export function severityOf({ codes, alarms }: Pick<AlarmedEndpoint, 'codes' | 'alarms'>): Need['severity'] {
  if (codes.includes('expired') || codes.includes('intermediate-expired')) return 'critical';
  if (!alarms.includes('not_served')) return 'warning';
  return codes.includes('served-old') && !codes.includes('revoked') ? 'warning' : 'critical';
}

/** `mail.example.com:25 still presents the old certificate. Restart Postfix there. So do 2 more endpoints.` */
export function causeOfServed({ endpoint, others }: ServedNeed): string {
  const more =
    others === 0 ? '' : ` ${others} more ${others === 1 ? 'endpoint has' : 'endpoints have'} a problem.`;
  return `${endpoint.sentence ?? `${endpoint.host}:${endpoint.port} has a problem.`}${more}`;
}

const MAX_MONITORED = 20;

export async function summarizeEndpoints(
  { endpoints }: Stores,
  alarmed: readonly AlarmedEndpoint[],
  visible: readonly string[] | null,
): Promise<EndpointSummary> {
  const [total, unknown] = await Promise.all([endpoints.countAll(visible), endpoints.countUnknown(visible)]);
  const monitored = alarmed
    .filter(({ projectIds }) => projectIds.length === 0)
    .slice(0, MAX_MONITORED)
    .map(({ id, host, port, sentence }) => ({
      endpointId: id,
      host,
      port,
      sentence: sentence ?? `${host}:${port} has a problem.`,
    }));
  return { total, problems: alarmed.length, unknown, monitored };
}
