// Lists certificates that will expire without a renewal, and how much of their lifetime remains.
import type { Timestamp } from '../../../shared/time.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Clock } from '../core/ports.ts';
import type { ListedCertificate } from '../core/stores/overview.ts';
import type { Stores } from '../core/stores.ts';
import { assessCertificate, renewsInTime } from './attention.ts';

export interface ExpiringCertificate {
  readonly projectId: string;
  readonly name: string;
  readonly expiresAt: Timestamp;
  /** The remaining share of the lifetime is at most a third, a sixth or a twelfth. */
  readonly part: 3 | 6 | 12;
}

const DAY_MS = 86_400_000;
/** A third of the longest lifetime on the market. */
const AHEAD_DAYS = 140;

/**
 * Null if the certificate is renewed in time, has expired or is revoked, or if more than a third of its lifetime
 * remains.
 */
export function partLeft(certificate: ListedCertificate, now: Date): ExpiringCertificate['part'] | null {
  const { failures, revokedAt } = certificate;
  const expires = Date.parse(certificate.expiresAt);
  const remaining = expires - now.getTime();
  const share = remaining / (expires - Date.parse(certificate.issuedAt));
  if (revokedAt !== null || remaining <= 0 || share > 1 / 3) return null;
  const overdue = assessCertificate(certificate, now, false)?.kind === 'overdue';
  if (renewsInTime(certificate) && failures === 0 && !overdue) return null;
  return share <= 1 / 12 ? 12 : share <= 1 / 6 ? 6 : 3;
}

/** Lists the certificates that will expire without a renewal. */
export async function listExpiring(stores: Stores, clock: Clock): Promise<readonly ExpiringCertificate[]> {
  const now = clock.now();
  const soon = toTimestamp(new Date(now.getTime() + AHEAD_DAYS * DAY_MS));
  const candidates = await stores.overview.candidates(null, { now: toTimestamp(now), soon });
  const found: ExpiringCertificate[] = [];
  for (const certificate of candidates) {
    const part = partLeft(certificate, now);
    if (part === null) continue;
    const { projectId, expiresAt } = certificate;
    const project = await stores.projects.get(projectId);
    if (project !== null) found.push({ projectId, name: project.domain ?? project.name, expiresAt, part });
  }
  return found;
}
