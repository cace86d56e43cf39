// Selects the CA of a renewal: the usual one, or the fallback CA while the usual one fails for reasons of its own.
import { explainUnfit } from '../../../shared/ca-capabilities.ts';
import { describeForNames, profileForNames } from '../acme/capabilities.ts';
import type { DirectoryOverrides } from '../acme/directories.ts';
import type { Journal } from '../audit/journal.ts';
import type { CertificateRecord, IssuanceSpec, JobRecord } from '../core/model.ts';
import type { Stores } from '../core/stores.ts';
import { readSettings } from '../settings/settings.ts';

export interface ChooseDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly directories: DirectoryOverrides;
}

/** Failed attempts after which a renewal uses the staging directory first, or the fallback CA. */
export const FAILURES_BEFORE_CHANGE = 2;

/** Returns the spec with the configured CA, also if it is that of the fallback CA. */
export function toUsualCa({ insteadOf, ...rest }: IssuanceSpec): IssuanceSpec {
  return insteadOf === undefined ? rest : { ...rest, ...insteadOf };
}

/**
 * Selects the fallback CA if the failures are the usual CA's fault; only at every second attempt, because the usual CA
 * may have recovered. A fallback CA that cannot issue for the names is skipped, and the job says why.
 */
export async function chooseCa(
  deps: ChooseDeps,
  job: JobRecord,
  of: { readonly spec: IssuanceSpec; readonly previous: CertificateRecord | null },
): Promise<IssuanceSpec> {
  const spec = toUsualCa(of.spec);
  const { fallbackCa } = await readSettings(deps.stores.settings, 'renewals');
  const { failures = 0, lastErrorCode = null } = of.previous?.renewal ?? {};
  const useFallback = failures >= FAILURES_BEFORE_CHANGE && failures % 2 === 0 && isFaultOfCa(lastErrorCode);
  if (fallbackCa === null || fallbackCa === spec.ca || spec.staging || !useFallback) return spec;
  const fallback = describeForNames(fallbackCa, deps.directories);
  // Profiles and alternate chains are specific to a CA.
  const profile = profileForNames(fallbackCa, spec.names, deps.directories);
  const unfit = explainUnfit(fallback, spec.names, profile);
  if (unfit !== null) {
    await reportSkipped(deps, job, unfit);
    return spec;
  }
  const { ca, preferredChain } = spec;
  const insteadOf = { ca, profile: spec.profile, preferredChain };
  return { ...spec, ca: fallbackCa, profile, preferredChain: null, insteadOf };
}

async function reportSkipped(
  { journal }: ChooseDeps,
  { id: jobId, projectId }: JobRecord,
  why: string,
): Promise<void> {
  const message = `The fallback CA is not used: ${why}. Choose another fallback CA in the settings`;
  const data = { step: 'retry', title: 'Retry', ca: null, more: null };
  await journal.write((_, emit) => emit({ kind: 'job.step', projectId, jobId, message, data }));
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
