// From what an admin asks for to a spec: names, CA, key and proof, checked before anything is begun.

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
 * Without the DNS provider, which challenges/select-dns-credential.ts chooses.
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
  // A dry run goes against the staging directory whatever `staging` says; resolving it here refuses a CA without one.
  const staging = body.staging || body.dryRun;
  const isPublic = isPublicDirectory(resolveDirectory(body.ca, staging, overrides));
  const wanted = [...new Set([project.domain, ...(body.altNames ?? project.altNames)])];
  const names = isPublic ? withoutRedundant(wanted) : wanted;
  if (names.length > MAX_NAMES)
    throw invalid('altNames', `a certificate can have at most ${MAX_NAMES} names`);
  const wildcard = names.find((name) => name.startsWith('*.'));
  if (wildcard !== undefined && body.challengeType === 'http-01') {
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

/** Let's Encrypt refuses an order with a name that a wildcard of the same order covers. */
function withoutRedundant(names: readonly string[]): readonly string[] {
  const wildcards = names.filter((name) => name.startsWith('*.'));
  return names.filter(
    (name) => wildcards.includes(name) || !wildcards.some((pattern) => coversName(pattern, name)),
  );
}

/** The names that a job proves, lower case and without `*.`. */
export function namesOf({ input }: Pick<JobRecord, 'input'>): readonly string[] {
  return (specOf(input)?.names ?? []).map(withoutWildcard);
}

/** Let's Encrypt's limit, and that of most CAs. */
const MAX_NAMES = 100;

/** 2048 and 4096 are RSA's sizes: with `ec` they stand for the default curve. */
function keyPolicy({ keyType, keySize }: ObtainRequest): KeyPolicy {
  if (keyType === 'ec') return { type: 'ec', size: keySize === 384 ? 384 : 256 };
  return { type: 'rsa', size: keySize === 4096 ? 4096 : 2048 };
}
