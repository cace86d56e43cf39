// Runs renewals: rehearses at the staging directory after failures, refuses a certificate that is
// worse than the active one, and records failures. issuance/ does the issuance itself.

import { toTimestamp } from '../../../shared/time.ts';
import { resolveDirectory, stagingOf } from '../acme/directories.ts';
import { renewalCertId } from '../acme/renewal-info.ts';
import { backstop } from '../certificates/renewal-plan.ts';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { CertificateRecord, IssuanceSpec, JobInput, JobRecord } from '../core/model.ts';
import type { Stores } from '../core/stores.ts';
import type { IssueHow } from '../issuance/acme-issuance.ts';
import type { ReplacedCertificate } from '../issuance/acme-order.ts';
import type { Issuer, IssuerDeps } from '../issuance/issuer.ts';
import { finalizedFor } from '../issuance/resumable-orders.ts';
import { exactSet } from '../rate-limits/usage.ts';
import { isInWindow } from './ari.ts';
import { chooseCa, FAILURES_BEFORE_CHANGE, toUsualCa } from './choose-ca.ts';
import { canCompleteOrder } from './open-order.ts';
import { afterFailure } from './retry-policy.ts';

type RenewInput = Extract<JobInput, { kind: 'renew' }>;

/** The certificate to replace, and how to obtain its successor. */
type Successor = Pick<RenewInput, 'certificateId' | 'spec' | 'autoRenew'>;

export interface RenewalJobs {
  run(job: JobRecord, input: RenewInput, signal: AbortSignal): Promise<void>;
  /** Obtains and activates the successor. @param end Ends the job. Default: the caller ends it. */
  issueSuccessor(
    job: JobRecord,
    input: Successor,
    signal: AbortSignal,
    end?: IssueHow<CertificateRecord>['end'],
  ): Promise<CertificateRecord>;
  /** Records the failure, in the transaction that marks the job as failed. */
  failed(certificateId: string, error: CertdeskError, tx: Stores): Promise<void>;
}

export function createRenewalJobs(deps: IssuerDeps, issuer: Issuer): RenewalJobs {
  const { stores, clock, directories } = deps;

  /**
   * After failures, validates the names at the staging directory first, where failed validations do not count against
   * production limits. Problems of the staging directory itself are ignored. If the job or an earlier one has an
   * order at the production CA, there is no rehearsal: that order is resumed and may already have its certificate.
   * @throws the failure of a validation
   */
  async function rehearse(job: JobRecord, spec: IssuanceSpec, signal: AbortSignal): Promise<void> {
    if (spec.staging || stagingOf(spec.ca, directories) === null) return;
    const directoryUrl = await issuer.adoptOrder(job, spec);
    const order = await stores.orders.get(job.id);
    if (order?.directoryUrl === directoryUrl && order.url !== null) return;
    const rehearsal = { ...spec, staging: true };
    const keep = async () => undefined;
    try {
      await issuer.issueFor(job, { spec: rehearsal }, { signal, keep });
    } catch (cause) {
      signal.throwIfAborted();
      const error = toCertdeskError(cause);
      if (!isFailedValidation(error.code)) return;
      throw error.reword(`${error.message} (tested at the CA's staging directory first)`);
    }
  }

  async function isOfSameCa(spec: IssuanceSpec, { accountId }: CertificateRecord): Promise<boolean> {
    const account = accountId === null ? null : await stores.accounts.get(accountId);
    return account?.directoryUrl === resolveDirectory(spec.ca, spec.staging, directories);
  }

  /**
   * The certificate that the order replaces (ARI), if the same CA issued it and offers ARI. Only at first attempts,
   * because the replacement itself may cause the failure.
   */
  async function findReplaced(
    spec: IssuanceSpec,
    previous: CertificateRecord | null,
  ): Promise<ReplacedCertificate | null> {
    if (previous?.renewal.ari?.window == null || previous.renewal.failures >= FAILURES_BEFORE_CHANGE)
      return null;
    const certId = (await isOfSameCa(spec, previous)) ? renewalCertId(previous.chain) : null;
    return certId === null
      ? null
      : { certId, inWindow: isInWindow(previous.renewal, toTimestamp(clock.now())) };
  }

  /**
   * Selects how the successor is obtained. An order that was finalized is followed at its CA, and one that its CA can
   * complete now is completed there, even if it is the fallback CA's turn. Only a certificate that is about to expire
   * does not wait for a finalized order.
   */
  async function selectSpec(
    job: JobRecord,
    of: {
      readonly spec: IssuanceSpec;
      readonly previous: CertificateRecord | null;
      readonly followed: IssuanceSpec | null;
    },
    signal: AbortSignal,
  ): Promise<IssuanceSpec> {
    const { previous, followed } = of;
    const isUrgent = previous !== null && backstop(previous) <= toTimestamp(clock.now());
    if (followed !== null && !isUrgent) return followed;
    const chosen = await chooseCa(deps, job, of);
    if (chosen.insteadOf === undefined) return followed ?? chosen;
    if (followed !== null) return followed.ca === chosen.ca ? followed : chosen;
    const usual = toUsualCa(of.spec);
    return (await canCompleteOrder(deps, job, usual, signal)) ? usual : chosen;
  }

  const issueSuccessor: RenewalJobs['issueSuccessor'] = async (job, input, signal, end) => {
    const previous = await stores.certificates.get(input.certificateId);
    const lastAttempt = toTimestamp(clock.now());
    const followed = await finalizedFor(deps, job, input.spec);
    const spec = await selectSpec(job, { spec: input.spec, previous, followed }, signal);
    if (spec !== followed && (previous?.renewal.failures ?? 0) >= FAILURES_BEFORE_CHANGE)
      await rehearse(job, spec, signal);
    const replaces = await findReplaced(spec, previous);
    const sameNames =
      previous !== null &&
      exactSet(spec.names) === exactSet(previous.names) &&
      (await isOfSameCa(spec, previous));
    return issuer.issueFor(
      job,
      { spec, replaces, sameNames },
      {
        signal,
        ...(end === undefined ? {} : { end }),
        keep: async (issued, write) => {
          if (previous !== null) refuseWorse(issued.leaf, previous);
          const version = await issuer.newVersion(job, spec, issued);
          const renewal = { ...version.renewal, lastAttempt };
          const renewedFrom = previous?.issuedAt ?? null;
          const exempt = { all: issued.exempt, renewal: sameNames };
          return issuer.activate({ ...version, autoRenew: input.autoRenew, renewedFrom, renewal }, job, {
            exempt,
            write,
          });
        },
      },
    );
  };

  return {
    async run(job, input, signal) {
      await issueSuccessor(job, input, signal, (certificate, write) =>
        issuer.succeed(job, certificate, write),
      );
    },
    issueSuccessor,

    async failed(certificateId, error, tx) {
      const certificate = await tx.certificates.get(certificateId);
      if (certificate === null) return;
      const at = { now: clock.now(), random: deps.random(), expiresAt: certificate.expiresAt };
      const renewal = afterFailure(certificate.renewal, error, at);
      await tx.certificates.update(certificateId, { renewal });
    },
  };
}

function isFailedValidation(code: string): boolean {
  return code.startsWith('CHALLENGE_') || code.startsWith('DNS_');
}

/** A certificate that expires before the active one and has less than a third of its lifetime is not a renewal. */
const MIN_LIFETIME_DIVISOR = 3;

/**
 * Refuses a certificate that is worse than the active one. `verifyIssued` has checked names and key. Any certificate
 * is better than a revoked or expired one.
 * @throws ISSUED_CERTIFICATE_REJECTED (details.check `lifetime`)
 */
export function refuseWorse(
  issued: Pick<CertificateRecord, 'issuedAt' | 'expiresAt'>,
  previous: CertificateRecord,
): void {
  const lifetime = ({ issuedAt, expiresAt }: typeof issued) => Date.parse(expiresAt) - Date.parse(issuedAt);
  if (previous.revokedAt !== null || issued.expiresAt > previous.expiresAt) return;
  if (lifetime(issued) >= lifetime(previous) / MIN_LIFETIME_DIVISOR) return;
  throw new CertdeskError(
    'ISSUED_CERTIFICATE_REJECTED',
    `Certdesk did not activate the certificate that the CA issued: it expires at ${issued.expiresAt}, before the active one (${previous.expiresAt}).`,
    { check: 'lifetime', expiresAt: issued.expiresAt, inUse: previous.expiresAt },
  );
}
