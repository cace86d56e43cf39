// Acknowledges revocations, and warnings that a service may present the certificate as a client. The acknowledgement of a
// revocation belongs to the certificate version, so a new certificate starts without one. That of a use as a client belongs
// to the project, because a person knows how the service is configured, and holds only for the services it was given for.
import type { Certificate } from '../../../shared/certificate.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { findProject } from '../core/project-lookup.ts';
import { chainPermitsClientAuth } from '../pki/inspect/client-usage.ts';
import { findCertificate } from './certificates.ts';
import { findClientUses } from './client-uses.ts';
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
  /**
   * Acknowledges all services that may present the project's certificate as a client.
   * @param by Name of the token or browser, for display.
   * @throws PROJECT_NOT_FOUND, CERTIFICATE_NOT_FOUND, NO_CLIENT_USE if nothing is warned about
   */
  acknowledgeClientUse(projectId: string, note: string, by: string): Promise<void>;
  /**
   * Withdraws that, if there is one.
   * @throws PROJECT_NOT_FOUND
   */
  withdrawClientUse(projectId: string): Promise<void>;
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

    acknowledgeClientUse(projectId, note, by) {
      return journal.write(async (tx, emit) => {
        const { chain, domain } = await findCertificate(tx, projectId);
        const { open, acknowledged } = await findClientUses(tx, projectId);
        if (open.length === 0 || chainPermitsClientAuth(chain)) {
          throw new CertdeskError(
            'NO_CLIENT_USE',
            'No service is known that may present the certificate as a client, or it is acknowledged already',
          );
        }
        const at = toTimestamp(clock.now());
        await tx.clientUses.put({ projectId, uses: [...acknowledged, ...open], at, by, note });
        const message = `Use of ${domain} as a client acknowledged: ${note}`;
        await emit({ kind: 'certificate.acknowledged', projectId, message });
      });
    },

    withdrawClientUse(projectId) {
      return journal.write(async (tx, emit) => {
        const { domain, name } = await findProject(tx, projectId);
        const [acknowledged] = await tx.clientUses.acknowledged([projectId]);
        if (acknowledged === undefined) return;
        await tx.clientUses.delete(projectId);
        const message = `Acknowledgement of the use of ${domain ?? name} as a client withdrawn`;
        await emit({ kind: 'certificate.acknowledged', projectId, message });
      });
    },
  };
}
