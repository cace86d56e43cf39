// Acknowledges revocations: once a user has acknowledged one, the certificate no longer needs attention. The
// acknowledgement belongs to the certificate version, so a new certificate starts without one.
import type { Certificate } from '../../../shared/certificate.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { findCertificate } from './certificates.ts';
import { presentCertificate } from './views.ts';

export interface Acknowledgements {
  /**
   * Acknowledges the revocation of the project's certificate.
   * @param by Name of the token or browser, for display.
   * @throws PROJECT_NOT_FOUND, CERTIFICATE_NOT_FOUND, NOT_REVOKED
   */
  acknowledge(projectId: string, note: string, by: string): Promise<Certificate>;
  /**
   * Withdraws the acknowledgement, if there is one.
   * @throws PROJECT_NOT_FOUND, CERTIFICATE_NOT_FOUND
   */
  withdraw(projectId: string): Promise<Certificate>;
}

export interface AcknowledgementDeps {
  readonly journal: Journal;
  readonly clock: Clock;
}

export function createAcknowledgements({ journal, clock }: AcknowledgementDeps): Acknowledgements {
  return {
    acknowledge(projectId, note, by) {
      return journal.write(async (tx, emit) => {
        const certificate = await findCertificate(tx, projectId);
        if (certificate.revokedAt === null) {
          throw new CertdeskError(
            'NOT_REVOKED',
            'The certificate is not revoked, so there is nothing to acknowledge',
          );
        }
        const acknowledgement = { at: toTimestamp(clock.now()), by, note };
        await tx.certificates.update(certificate.id, { acknowledgement });
        const message = `Revocation of ${certificate.domain} acknowledged: ${note}`;
        await emit({ kind: 'certificate.acknowledged', projectId, message });
        return presentCertificate({ ...certificate, acknowledgement }, clock.now());
      });
    },

    withdraw(projectId) {
      return journal.write(async (tx, emit) => {
        const certificate = await findCertificate(tx, projectId);
        if (certificate.acknowledgement != null) {
          await tx.certificates.update(certificate.id, { acknowledgement: null });
          const message = `Acknowledgement of the revocation of ${certificate.domain} withdrawn`;
          await emit({ kind: 'certificate.acknowledged', projectId, message });
        }
        return presentCertificate({ ...certificate, acknowledgement: null }, clock.now());
      });
    },
  };
}
