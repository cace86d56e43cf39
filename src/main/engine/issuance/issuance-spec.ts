// Converts a request into an issuance spec: names, CA, key and challenge type, checked before a job starts.

import type { ObtainRequest } from '../../../shared/certificate.ts';
import { coversName, isSingleLabel } from '../../../shared/names.ts';
import { type DirectoryOverrides, isPublicDirectory, resolveDirectory } from '../acme/directories.ts';
import type { DnsChoice } from '../challenges/select-dns-credential.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { IssuanceSpec, JobRecord, KeyPolicy, ProjectRecord } from '../core/model.ts';
import { specOf } from '../jobs/job-input.ts';
import { withoutWildcard } from '../rate-limits/usage.ts';

/**
 * Returns the spec without the DNS provider, which challenges/select-dns-credential.ts selects.
 * @throws DOMAIN_NOT_CONFIGURED, INVALID_REQUEST (details.issues), UNKNOWN_CA
 */
export function toIssuanceSpec(
  project: ProjectRecord,
  body: ObtainRequest,
  overrides: DirectoryOverrides,
): Omit<IssuanceSpec, keyof DnsChoice> {
  if (project.domain === null) {
    throw new CertdeskError('DOMAIN_NOT_CONFIGURED', 'Project has no domain configured');
  }
  // A dry run uses the staging directory regardless of `staging`. Resolving it here refuses a CA without one.
  const staging = body.staging || body.dryRun;
  const isPublic = isPublicDirectory(resolveDirectory(body.ca, staging, overrides));
  const wanted = [...new Set([project.domain, ...(body.altNames ?? project.altNames)])];
  const names = isPublic ? removeCovered(wanted) : wanted;
  if (names.length > MAX_NAMES)
    throw invalid('altNames', `a certificate can have at most ${MAX_NAMES} names`);
  const wildcard = names.find((name) => name.startsWith('*.'));
  if (wildcard !== undefined && body.challengeType !== 'dns-01') {
    throw invalid('challengeType', `a wildcard (${wildcard}) needs dns-01`);
  }
  const single = names.find(isSingleLabel);
  if (isPublic && single !== undefined) {
    throw invalid(
      'ca',
      `a public CA does not issue for ${single}, a name of one label: use a full name such as ${single}.example.com, or a CA in your network (its directory URL)`,
    );
  }
  return {
    names,
    ca: body.ca,
    staging,
    email: body.email ?? null,
    key: keyPolicy(body),
    profile: body.profile ?? null,
    ...(body.profileUse === undefined ? {} : { profileUse: body.profileUse }),
    preferredChain: body.preferredChain ?? null,
    challengeType: body.challengeType,
  };
}

/** Removes names that a wildcard of the same order covers, because Let's Encrypt refuses such orders. */
function removeCovered(names: readonly string[]): readonly string[] {
  const wildcards = names.filter((name) => name.startsWith('*.'));
  return names.filter(
    (name) => wildcards.includes(name) || !wildcards.some((pattern) => coversName(pattern, name)),
  );
}

/** Returns the names that a job validates, in lower case and without `*.`. */
export function namesOf({ input }: Pick<JobRecord, 'input'>): readonly string[] {
  return (specOf(input)?.names ?? []).map(withoutWildcard);
}

/** The limit of Let's Encrypt and most other CAs. */
const MAX_NAMES = 100;

/** 2048 and 4096 are RSA sizes; with `ec` they mean the default curve. */
function keyPolicy({ keyType, keySize }: ObtainRequest): KeyPolicy {
  if (keyType === 'ec') return { type: 'ec', size: keySize === 384 ? 384 : 256 };
  return { type: 'rsa', size: keySize === 4096 ? 4096 : 2048 };
}
