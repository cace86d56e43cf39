// What a renewal does beside an issuance: which CA is asked, whether its staging directory is tried first, whether what
// came is worth having, and what is noted where it fails.

import { toTimestamp } from '../../../shared/time.ts';
import { resolveDirectory, stagingOf } from '../acme/directories.ts';
import { renewalCertId } from '../acme/renewal-info.ts';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import type { CertificateRecord, IssuanceSpec, JobInput, JobRecord } from '../core/model.ts';
import type { Stores } from '../core/stores.ts';
import type { ReplacedCertificate } from '../issuance/acme-order.ts';
import type { Issuer, IssuerDeps } from '../issuance/issuer.ts';
import { finalizedFor } from '../issuance/resumable-orders.ts';
import { exactSet } from '../rate-limits/usage.ts';
import { readSettings } from '../settings/settings.ts';
import { isInWindow } from './ari.ts';
import { afterFailure } from './retry-policy.ts';

type RenewInput = Extract<JobInput, { kind: 'renew' }>;

/** Which certificate gets a successor, and how that is obtained. */
type Successor = Pick<RenewInput, 'certificateId' | 'spec' | 'autoRenew'>;

export interface RenewalJobs {
  run(job: JobRecord, input: RenewInput, signal: AbortSignal): Promise<void>;
  /** Obtains the successor and takes it into use; the job is not ended. */
  issueSuccessor(job: JobRecord, input: Successor, signal: AbortSignal): Promise<CertificateRecord>;
  /** In the transaction that says that the job has failed. */
  failed(certificateId: string, error: CertdeskError, tx: Stores): Promise<void>;
}

/** Failed attempts after which something else is tried: the staging directory first, the fallback CA. */
const MANY_FAILURES = 2;

export function createRenewalJobs(deps: IssuerDeps, issuer: Issuer): RenewalJobs {
  const { stores, clock, directories } = deps;

  /** Another CA where the usual one has failed on its own account; every second time, for it may be well again. */
  async function chooseSpec(input: Successor, previous: CertificateRecord | null): Promise<IssuanceSpec> {
    const { insteadOf, ...kept } = input.spec;
    const spec = insteadOf === undefined ? kept : { ...kept, ca: insteadOf.ca, profile: insteadOf.profile };
    const { fallbackCa } = await readSettings(stores.settings, 'renewals');
    const { failures = 0, lastErrorCode = null } = previous?.renewal ?? {};
    const turn = failures >= MANY_FAILURES && failures % 2 === 0 && isFaultOfCa(lastErrorCode);
    if (fallbackCa === null || fallbackCa === spec.ca || spec.staging || !turn) return spec;
    const { ca, profile } = spec;
    // Profiles and alternate chains are the CA's own.
    return { ...spec, ca: fallbackCa, profile: null, preferredChain: null, insteadOf: { ca, profile } };
  }

  /**
   * After failures the names are proved to the staging directory first: there a failed validation counts for no limit
   * that matters. What is wrong with the staging directory itself says nothing. Where an order stands at the real one,
   * also that of an earlier job, there is none: it is gone on with, and may have its certificate by now.
   * @throws the failure of a proof
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
      if (!isFailedProof(error.code)) return;
      throw error.reword(`${error.message} (tested at the CA's staging directory first)`);
    }
  }

  async function isOfSameCa(spec: IssuanceSpec, { accountId }: CertificateRecord): Promise<boolean> {
    const account = accountId === null ? null : await stores.accounts.get(accountId);
    return account?.directoryUrl === resolveDirectory(spec.ca, spec.staging, directories);
  }

  /** Where the CA is the one that issued it and offers ARI; first attempts only, for it may be the fault. */
  async function replacesOf(
    spec: IssuanceSpec,
    previous: CertificateRecord | null,
  ): Promise<ReplacedCertificate | null> {
    if (previous?.renewal.ari?.window == null || previous.renewal.failures >= MANY_FAILURES) return null;
    const certId = (await isOfSameCa(spec, previous)) ? renewalCertId(previous.chain) : null;
    return certId === null
      ? null
      : { certId, inWindow: isInWindow(previous.renewal, toTimestamp(clock.now())) };
  }

  const issueSuccessor: RenewalJobs['issueSuccessor'] = async (job, input, signal) => {
    const previous = await stores.certificates.get(input.certificateId);
    const lastAttempt = toTimestamp(clock.now());
    const followed = await finalizedFor(deps, job, input.spec);
    const spec = followed ?? (await chooseSpec(input, previous));
    if (followed === null && (previous?.renewal.failures ?? 0) >= MANY_FAILURES)
      await rehearse(job, spec, signal);
    const replaces = await replacesOf(spec, previous);
    const sameNames =
      previous !== null &&
      exactSet(spec.names) === exactSet(previous.names) &&
      (await isOfSameCa(spec, previous));
    return issuer.issueFor(
      job,
      { spec, replaces, sameNames },
      {
        signal,
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
      const certificate = await issueSuccessor(job, input, signal);
      await issuer.succeed(job, certificate);
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

const CA_FAULTS = [
  'ACME_UNAVAILABLE',
  'ACME_TIMEOUT',
  'ACME_RATE_LIMITED',
  'ACME_PROTOCOL_ERROR',
  'ACME_REJECTED',
  'ISSUED_CERTIFICATE_REJECTED',
];

function isFaultOfCa(code: string | null): boolean {
  return code !== null && CA_FAULTS.includes(code);
}

function isFailedProof(code: string): boolean {
  return code.startsWith('CHALLENGE_') || code.startsWith('DNS_');
}

/** A certificate that ends before the one in use, and lives less than a third as long, is no renewal of it. */
const SHORTEST_SHARE = 3;

/**
 * Names and key were checked by `verifyIssued`. What is revoked or expired is worse than anything.
 * @throws ISSUED_CERTIFICATE_REJECTED (details.check `lifetime`)
 */
export function refuseWorse(
  issued: Pick<CertificateRecord, 'issuedAt' | 'expiresAt'>,
  previous: CertificateRecord,
): void {
  const lifetime = ({ issuedAt, expiresAt }: typeof issued) => Date.parse(expiresAt) - Date.parse(issuedAt);
  if (previous.revokedAt !== null || issued.expiresAt > previous.expiresAt) return;
  if (lifetime(issued) >= lifetime(previous) / SHORTEST_SHARE) return;
  throw new CertdeskError(
    'ISSUED_CERTIFICATE_REJECTED',
    `Certdesk did not activate the certificate that the CA issued: it expires at ${issued.expiresAt}, before the active one (${previous.expiresAt}).`,
    { check: 'lifetime', expiresAt: issued.expiresAt, inUse: previous.expiresAt },
  );
}
