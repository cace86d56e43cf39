// Shows endpoints to callers. Pure.
import type { Endpoint, EndpointDetail } from '../../../shared/endpoint-record.ts';
import type { EndpointRecord } from '../core/model-endpoint.ts';

/** @param visible The projects that the caller sees; null for all. */
export function presentEndpoint(record: EndpointRecord, visible: readonly string[] | null): Endpoint {
  const { check, savedBy, addresses, trust, projectIds, dueCount: _, ...rest } = record;
  return {
    ...rest,
    projectIds: projectIds.filter((id) => visible === null || visible.includes(id)),
    addresses: addresses === null ? 'all' : [...addresses],
    trust: trust ?? 'system',
    state: check.state,
    findings: [...check.codes],
    sentence: check.sentence,
    expiresAt: check.expiresAt,
    checkedAt: check.checkedAt,
    alarmedAt: check.alarmedAt,
    savedBy: { kind: savedBy.kind, name: savedBy.name },
  };
}

/** @param isManaged Whether any project has the certificate. */
export async function presentDetail(
  record: EndpointRecord,
  visible: readonly string[] | null,
  isManaged: (fingerprint: string) => Promise<boolean>,
): Promise<EndpointDetail> {
  const { reports, general } = record.check;
  const foreign = reports.filter(({ match }) => match !== 'current' && match !== 'previous');
  const leaves = new Map(
    foreign.flatMap(({ chain: [leaf] }) => (leaf === undefined ? [] : [[leaf.fingerprint, leaf]])),
  );
  let unmanaged: EndpointDetail['unmanaged'] = null;
  for (const leaf of leaves.values()) {
    if (unmanaged === null && !(await isManaged(leaf.fingerprint))) unmanaged = leaf;
  }
  return {
    ...presentEndpoint(record, visible),
    reports: reports.map((report) => ({ ...report })),
    general: [...general],
    unmanaged,
  };
}
