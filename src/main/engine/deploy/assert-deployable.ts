// Decides whether a version of a certificate may be installed.
import { toTimestamp } from '../../../shared/time.ts';
import { CertdeskError } from '../core/errors.ts';
import type { CertificateRecord } from '../core/model.ts';

/** @throws CERTIFICATE_NOT_FOUND if it was removed, ALREADY_REVOKED, CERTIFICATE_EXPIRED */
export function assertDeployable(
  { removedAt, revokedAt, expiresAt }: Pick<CertificateRecord, 'removedAt' | 'revokedAt' | 'expiresAt'>,
  now: Date,
): void {
  if (removedAt !== null)
    throw new CertdeskError('CERTIFICATE_NOT_FOUND', 'The certificate was removed. Restore it first');
  if (revokedAt !== null)
    throw new CertdeskError('ALREADY_REVOKED', 'The certificate is revoked, so it is not deployed');
  if (expiresAt <= toTimestamp(now))
    throw new CertdeskError('CERTIFICATE_EXPIRED', `The certificate expired on ${expiresAt}`, { expiresAt });
}
