// Which DNS records of a project will keep the CA from renewing, as their last daily checks found.
import type { CertificateDetails } from '../../../shared/certificate-history.ts';
import { PERSIST_ALARMS } from '../../../shared/persist-record.ts';
import type { CertificateRecord } from '../core/model.ts';
import type { Stores } from '../core/stores.ts';

export async function findRecordProblems(
  stores: Pick<Stores, 'caaLocks' | 'persistRecords'>,
  { projectId, spec, revokedAt }: Pick<CertificateRecord, 'projectId' | 'spec' | 'revokedAt'>,
): Promise<CertificateDetails['recordProblems']> {
  const [lock, record] = await Promise.all([
    stores.caaLocks.get(projectId),
    stores.persistRecords.get(projectId),
  ]);
  const usesRecord = spec?.challengeType === 'dns-persist-01' && revokedAt === null;
  return [
    ...(lock?.state === 'forbidden' ? (['caa_forbidden'] as const) : []),
    ...(usesRecord && record !== null && PERSIST_ALARMS.includes(record.state)
      ? (['persist_record'] as const)
      : []),
  ];
}
