// Converts a request into an issuance spec: names, CA, key and challenge type, checked before a job starts.

import { explainTooMany, explainUnfit } from '../../../shared/ca-capabilities.ts';
import type { ObtainRequest } from '../../../shared/certificate.ts';
import { isIpAddress } from '../../../shared/ip-address.ts';
import { coversName } from '../../../shared/names.ts';
import { nameOfAuthority } from '../acme/authorities.ts';
import { capabilitiesOf } from '../acme/capabilities.ts';
import { type DirectoryOverrides, isPublicDirectory, resolveDirectory } from '../acme/directories.ts';
import { profileForIp } from '../acme/ip-profile.ts';
import { explainNotPublic } from '../acme/public-names.ts';
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
  const directoryUrl = resolveDirectory(body.ca, staging, overrides);
  const isPublic = isPublicDirectory(directoryUrl);
  const wanted = [...new Set([project.domain, ...(body.altNames ?? project.altNames)])];
  const names = isPublic ? removeCovered(wanted) : wanted;
  if (names.length > MAX_NAMES)
    throw invalid('altNames', `a certificate can have at most ${MAX_NAMES} names`);
  const wildcard = names.find((name) => name.startsWith('*.'));
  const address = names.find(isIpAddress);
  if (address !== undefined) refuseDns(address, wildcard, body);
  if (wildcard !== undefined && !['dns-01', 'dns-persist-01'].includes(body.challengeType)) {
    throw invalid('challengeType', `a wildcard (${wildcard}) needs dns-01`);
  }
  const notPublic = isPublic ? names.map(explainNotPublic).find((why) => why !== null) : undefined;
  if (notPublic != null) throw invalid('ca', notPublic);
  if (address !== undefined && capabilitiesOf(directoryUrl)?.ipAddresses === 'no')
    throw invalid('ca', `this CA issues no certificates for IP addresses (${address}): select another CA`);
  const profile =
    address === undefined ? (body.profile ?? null) : profileForIp(directoryUrl, address, body.profile);
  const ca = { name: nameOfAuthority(body.ca, overrides), capabilities: capabilitiesOf(directoryUrl) };
  const tooMany = explainTooMany(ca, names, profile);
  if (tooMany !== null) throw invalid('altNames', tooMany);
  const unfit = explainUnfit(ca, names, profile);
  if (unfit !== null) throw invalid('ca', unfit);
  return {
    names,
    ca: body.ca,
    staging,
    email: body.email ?? null,
    key: keyPolicy(body),
    profile,
    ...(body.profileUse === undefined ? {} : { profileUse: body.profileUse }),
    preferredChain: body.preferredChain ?? null,
    challengeType: body.challengeType,
  };
}

/** RFC 8738 section 7: dns-01 must not be used for IP addresses. */
function refuseDns(
  address: string,
  wildcard: string | undefined,
  { challengeType }: Pick<ObtainRequest, 'challengeType'>,
): void {
  if (wildcard !== undefined)
    throw invalid(
      'altNames',
      `one certificate cannot have a wildcard (${wildcard}), which needs dns-01, and an IP address (${address}), which dns-01 cannot validate: request two certificates`,
    );
  if (challengeType === 'dns-01' || challengeType === 'dns-persist-01')
    throw invalid(
      'challengeType',
      `${challengeType} cannot validate an IP address (${address}), because an address has no DNS zone (RFC 8738): use http-01 or tls-alpn-01`,
    );
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
