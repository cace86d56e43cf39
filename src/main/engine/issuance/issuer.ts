// Issues certificates for jobs: the part that obtaining, renewing and replacing have in common. Prepares the
// issuance, stores its result and records the end of the job.
import { jobName } from '../../../shared/steps.ts';
import { toTimestamp } from '../../../shared/time.ts';
import { certificateType, type DirectoryOverrides, resolveDirectory } from '../acme/directories.ts';
import { type Journal, outcome } from '../audit/journal.ts';
import { createVersion } from '../certificates/new-version.ts';
import { firstRenewal } from '../certificates/renewal-plan.ts';
import type { SolverRegistry } from '../challenges/registry.ts';
import type { CertdeskError } from '../core/errors.ts';
import type { CertificateRecord, IssuanceSpec, JobRecord, JobResult } from '../core/model.ts';
import type { Stores } from '../core/stores.ts';
import { specOf } from '../jobs/job-input.ts';
import type { JobSecrets } from '../jobs/job-secrets.ts';
import { type IssueDeps, type Issued, type IssueHow, type IssueTask, issue } from './acme-issuance.ts';
import {
  adoptResumableOrder,
  forgetIfCleaned,
  forgetResumableOrders,
  keepOrForget,
} from './resumable-orders.ts';

export interface IssuerDeps extends IssueDeps {
  readonly secrets: JobSecrets;
  readonly solvers: SolverRegistry;
  readonly directories: DirectoryOverrides;
  /** From 0 to 1. */
  random(): number;
}

/** The operations that all jobs use which obtain a certificate. */
export interface Issuer {
  /**
   * Adopts the order that an earlier job left (resumable-orders.ts), if there is one.
   * @returns the directory's URL
   */
  adoptOrder(job: JobRecord, spec: IssuanceSpec): Promise<string>;
  issueFor<T>(
    job: JobRecord,
    what: Pick<IssueTask, 'spec'> & Partial<Pick<IssueTask, 'replaces' | 'sameNames'>>,
    how: IssueHow<T>,
  ): Promise<T>;
  newVersion(job: JobRecord, spec: IssuanceSpec, issued: Issued): Promise<CertificateRecord>;
  /** Activates the version. Does nothing if a crash came between this and the end of the job. */
  activate(version: CertificateRecord, job: JobRecord, how: Activation): Promise<CertificateRecord>;
  /**
   * Ends the job. An order whose challenges are not all cleaned up stays for challenge-cleanup.ts.
   * @param certificate The certificate that the job obtained, or null.
   * @param write Default: a transaction of its own.
   */
  succeed(job: JobRecord, certificate: CertificateRecord | null, write?: Journal['write']): Promise<void>;
  /**
   * Records the usage of the CA's limits and keeps an order that a later job may resume.
   * @param tx The transaction that ends the job.
   */
  noteFailure(job: JobRecord, error: CertdeskError, tx: Stores): Promise<void>;
}

export interface Activation {
  /** The CA's limits that it is exempt from. Default: none. */
  readonly exempt?: { readonly all: boolean; readonly renewal: boolean };
  readonly write: Journal['write'];
}

export function createIssuer(deps: IssuerDeps): Issuer {
  const { journal, clock, secrets } = deps;
  const now = () => toTimestamp(clock.now());

  const adoptOrder: Issuer['adoptOrder'] = async (job, spec) => {
    const directoryUrl = resolveDirectory(spec.ca, spec.staging, deps.directories);
    await adoptResumableOrder(deps, job, { spec, directoryUrl });
    return directoryUrl;
  };

  const issueFor: Issuer['issueFor'] = async (job, { spec, replaces = null, sameNames = false }, how) => {
    const given = await secrets.read(job.id);
    const { id: jobId, projectId } = job;
    const directoryUrl = await adoptOrder(job, spec);
    const { solver, patienceMs } = await deps.solvers.solverFor({ jobId, projectId, spec, given });
    const interactive = !(job.input.kind === 'renew' && job.input.automatic);
    const eab = given.eab ?? null;
    const task = { jobId, projectId, spec, directoryUrl, solver, eab, replaces, sameNames, interactive };
    return issue({ ...deps, deadlineMs: deps.deadlineMs + patienceMs }, task, how);
  };

  const newIssuedVersion: Issuer['newVersion'] = (job, spec, issued) =>
    createVersion(deps, {
      leaf: issued.leaf,
      privateKey: issued.privateKey,
      projectId: job.projectId,
      type: certificateType(spec.ca),
      domain: spec.names[0] ?? '',
      chain: issued.chain,
      staging: spec.staging,
      autoRenew: true,
      spec,
      accountId: issued.accountId,
      renewal: firstRenewal(issued.leaf, deps.random()),
    });

  async function activate(
    version: CertificateRecord,
    job: JobRecord,
    { write, exempt = { all: false, renewal: false } }: Activation,
  ): Promise<CertificateRecord> {
    return write(async (tx, emit) => {
      const active = await tx.certificates.active(job.projectId);
      if (active?.fingerprint === version.fingerprint) return active;
      // A renewal or replacement adopts the auto-renewal setting, which the user may have changed while it ran.
      const renewed = job.input.kind !== 'obtain' && active !== null;
      const stored = renewed ? { ...version, autoRenew: active.autoRenew } : version;
      await tx.certificates.activate(stored);
      const { ca = '', staging = false } = version.spec ?? {};
      const directoryUrl = resolveDirectory(ca, staging, deps.directories);
      await deps.usage.issued(tx, { directoryUrl, names: version.names }, exempt);
      await tx.jobs.update(job.id, { step: 'store' });
      const message = `Certificate for ${version.names.join(', ')} issued; expires ${version.expiresAt}`;
      await emit({
        kind: 'certificate.stored',
        projectId: job.projectId,
        jobId: job.id,
        message,
        audit: outcome(job),
      });
      return stored;
    });
  }

  const succeed: Issuer['succeed'] = async (job, certificate, write = journal.write) => {
    await write(async (tx, emit) => {
      const { kind } = job.input;
      await forgetIfCleaned(tx, job.id);
      const isDryRun = job.input.kind === 'obtain' && job.input.dryRun;
      if (specOf(job.input) !== null && !isDryRun) await forgetResumableOrders(tx, job.projectId);
      await tx.jobs.update(job.id, { state: 'succeeded', result: resultOf(certificate), finishedAt: now() });
      const message = `${jobName(job.input)} succeeded`;
      // The audit trail already has the change that the job made. A dry run changes nothing, so it gets its own
      // entry.
      const audit = isDryRun ? { audit: outcome(job) } : {};
      const of = { projectId: job.projectId, jobId: job.id };
      await emit({ kind: 'job.succeeded', ...of, message, data: { kind }, ...audit });
    });
  };

  /** Counts failed validations for the CA's limit. The order names the directory. */
  async function noteFailedNames(tx: Stores, jobId: string, error: CertdeskError): Promise<void> {
    if (error.code !== 'CHALLENGE_FAILED') return;
    const order = await tx.orders.get(jobId);
    const { failures = [] } = (error.details ?? {}) as { failures?: readonly { readonly name: string }[] };
    if (order === null) return;
    await deps.usage.failed(tx, {
      directoryUrl: order.directoryUrl,
      names: failures.map(({ name }) => name),
    });
  }

  /** Counts a certificate that was issued but rejected, because it counts at the CA. */
  async function noteRejected(tx: Stores, { id, input }: JobRecord, error: CertdeskError): Promise<void> {
    const spec = specOf(input);
    if (error.code !== 'ISSUED_CERTIFICATE_REJECTED' || spec === null) return;
    const order = await tx.orders.get(id);
    if (order === null) return;
    const { directoryUrl } = order;
    const exempt = { all: false, renewal: input.kind !== 'obtain' };
    await deps.usage.issued(tx, { directoryUrl, names: spec.names }, exempt);
  }

  const noteFailure: Issuer['noteFailure'] = async (job, error, tx) => {
    await noteFailedNames(tx, job.id, error);
    await noteRejected(tx, job, error);
    await keepOrForget(tx, job, { code: error.code, now: clock.now() });
  };

  return { adoptOrder, issueFor, newVersion: newIssuedVersion, activate, succeed, noteFailure };
}

/** The facts that the job's record stores, because the certificate may be superseded and deleted later. */
function resultOf(certificate: CertificateRecord | null): JobResult {
  if (certificate === null) return { certificate: null };
  const { domain, names, type, issuedAt, expiresAt, issuerOrganization, autoRenew, staging, renewedFrom } =
    certificate;
  return {
    certificate: {
      domain,
      names,
      type,
      issuedAt,
      expiresAt,
      issuerOrganization,
      autoRenew,
      staging,
      renewedFrom,
    },
  };
}
