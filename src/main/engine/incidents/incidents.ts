// Incidents as the API returns them: how many certificates of the caller are concerned, why, and the progress.
import type { Incident, IncidentDetail, IncidentDrill } from '../../../shared/incident.ts';
import { CERTIFICATE_AUTHORITIES } from '../acme/directories.ts';
import { CertdeskError } from '../core/errors.ts';
import type { IncidentRecord } from '../core/stores/incidents.ts';
import { type DrillDeps, runDrill } from './drill.ts';

export interface Incidents {
  /**
   * Lists the newest 50 with a certificate that the caller sees.
   * @param ids Only certificates of these projects; null: all.
   */
  list(ids: readonly string[] | null): Promise<readonly Incident[]>;
  /** @throws INCIDENT_NOT_FOUND */
  get(id: string, ids: readonly string[] | null): Promise<IncidentDetail>;
  /** Shows what an incident that concerns every certificate would mean. Changes nothing. */
  drill(): Promise<IncidentDrill>;
}

const MAX_LISTED = 50;
const MAX_CERTIFICATES = 500;

export function createIncidents(deps: DrillDeps): Incidents {
  const { stores } = deps;
  async function present(record: IncidentRecord, ids: readonly string[] | null): Promise<Incident> {
    const { id, directoryUrl, explanationUrl, startedAt, endedAt } = record;
    const counts = { ...(await stores.incidents.counts(id, ids)) };
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return {
      id,
      ca: nameOfDirectory(directoryUrl),
      // Text from another server (access/limited-view.ts).
      explanationUrl: ids === null ? explanationUrl : null,
      startedAt,
      endedAt,
      total,
      counts,
    };
  }

  return {
    async list(ids) {
      const records = await stores.incidents.list(MAX_LISTED);
      const all = await Promise.all(records.map((record) => present(record, ids)));
      return all.filter(({ total }) => total > 0);
    },
    async get(id, ids) {
      const record = await stores.incidents.get(id);
      const incident = record === null ? null : await present(record, ids);
      if (incident === null || incident.total === 0) throw new CertdeskError('INCIDENT_NOT_FOUND');
      const certificates = await stores.incidents.certificates(id, ids, MAX_CERTIFICATES);
      return {
        ...incident,
        certificates: certificates.map(({ projectId, domain, state, movedAt, renewBefore, renewAt }) => ({
          projectId,
          domain,
          state,
          movedAt,
          renewBefore,
          renewAt,
        })),
      };
    },
    drill: () => runDrill(deps),
  };
}

/** The CA's name; the host of its directory if it is not a known one. */
export function nameOfDirectory(directoryUrl: string): string {
  const known = CERTIFICATE_AUTHORITIES.find(
    (ca) => ca.directoryUrl === directoryUrl || ca.stagingUrl === directoryUrl,
  );
  return known?.name ?? new URL(directoryUrl).host;
}
