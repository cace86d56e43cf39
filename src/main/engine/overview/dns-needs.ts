// Finds projects whose DNS records will keep the CA from renewing: CAA records, and records of dns-persist-01.
import type { Stores } from '../core/stores.ts';
import { causeOf, type Need } from './attention.ts';

export interface DnsNeed extends Need {
  readonly kind: 'caa_forbidden' | 'persist_record';
  readonly projectId: string;
  /** A sentence that may quote DNS; null: that of the kind. */
  readonly sentence: string | null;
}

/** One for each project. @param visible Only these projects, without text from DNS; null for all. */
export async function findDnsNeeds(
  stores: Pick<Stores, 'caaLocks' | 'persistRecords'>,
  visible: readonly string[] | null,
): Promise<readonly DnsNeed[]> {
  const [locks, records] = await Promise.all([stores.caaLocks.forbidden(), stores.persistRecords.alarmed()]);
  const found = [
    ...locks.map((lock) => ({ ...lock, kind: 'caa_forbidden', severity: 'critical' }) as const),
    ...records.map(
      (record) =>
        ({
          ...record,
          kind: 'persist_record',
          severity: record.byHand && record.state !== 'ending' ? 'critical' : 'warning',
        }) as const,
    ),
  ];
  return found
    .filter(({ projectId }) => visible === null || visible.includes(projectId))
    .map(({ projectId, kind, severity, message }) => ({
      projectId,
      kind,
      severity,
      sentence: visible === null ? message : null,
    }));
}

export const causeOfDns = (need: DnsNeed): string => need.sentence ?? causeOf(need, null, null);

/** The first need of each project. */
export function firstPerProject(needs: readonly DnsNeed[]): readonly DnsNeed[] {
  return [...Map.groupBy(needs, ({ projectId }) => projectId).values()].flatMap((of) => of.slice(0, 1));
}
