// Lists the known CAs with their directories and limits, and resolves a CA id or directory URL to a directory.

import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { CaUsageKind } from '../core/model.ts';

/** A published rate limit: at most `count` within `hours`. */
export interface CaLimit {
  readonly kind: CaUsageKind;
  /** For users: `new orders of an account`. */
  readonly name: string;
  readonly count: number;
  readonly hours: number;
}

/** https://letsencrypt.org/docs/rate-limits/, as of 2026-08-05. */
const LETS_ENCRYPT_LIMITS: readonly CaLimit[] = [
  { kind: 'order', name: 'new orders of an account', count: 300, hours: 3 },
  { kind: 'registered-domain', name: 'certificates of a registered domain', count: 50, hours: 168 },
  { kind: 'exact-set', name: 'certificates of the same names', count: 5, hours: 168 },
  { kind: 'failed-authorization', name: 'failed validations of a name', count: 5, hours: 1 },
];

export interface CertificateAuthority {
  /** The value of `ca` in the API. */
  readonly id: string;
  readonly name: string;
  readonly directoryUrl: string;
  /** Null if the CA has no staging directory; then `staging` and `dryRun` are unavailable. */
  readonly stagingUrl: string | null;
  /** Whether a new account requires external account binding (RFC 8555 section 7.3.4). */
  readonly needsEab: boolean;
  /** The profile without which the CA issues for no IP address; null if none is known. */
  readonly ipProfile: string | null;
  readonly website: string;
  /** The rate limits that the CA publishes. */
  readonly limits: readonly CaLimit[];
  /** The CA's page about ACME, which also says how to get an EAB key if one is required. */
  readonly docs: string;
}

/** The values of --acme-directory and --acme-staging-directory, which replace Let's Encrypt's directories. */
export interface DirectoryOverrides {
  readonly production?: string | undefined;
  readonly staging?: string | undefined;
}

/** URLs from each CA's documentation and from acme.sh's list of servers (October 2026). */
export const CERTIFICATE_AUTHORITIES: readonly CertificateAuthority[] = [
  {
    id: 'letsencrypt',
    name: "Let's Encrypt",
    directoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
    stagingUrl: 'https://acme-staging-v02.api.letsencrypt.org/directory',
    needsEab: false,
    // https://letsencrypt.org/2026/01/15/6day-and-ip-general-availability
    ipProfile: 'shortlived',
    limits: LETS_ENCRYPT_LIMITS,
    website: 'https://letsencrypt.org/',
    docs: 'https://letsencrypt.org/docs/',
  },
  {
    id: 'zerossl',
    name: 'ZeroSSL',
    directoryUrl: 'https://acme.zerossl.com/v2/DV90',
    stagingUrl: null,
    needsEab: true,
    ipProfile: null,
    limits: [],
    website: 'https://zerossl.com/',
    docs: 'https://zerossl.com/documentation/acme/',
  },
  {
    id: 'google',
    name: 'Google Trust Services',
    directoryUrl: 'https://dv.acme-v02.api.pki.goog/directory',
    stagingUrl: 'https://dv.acme-v02.test-api.pki.goog/directory',
    needsEab: true,
    ipProfile: null,
    limits: [],
    website: 'https://pki.goog/',
    docs: 'https://cloud.google.com/certificate-manager/docs/public-ca-tutorial',
  },
  {
    id: 'sslcom-rsa',
    name: 'SSL.com (for RSA keys)',
    directoryUrl: 'https://acme.ssl.com/sslcom-dv-rsa',
    stagingUrl: null,
    needsEab: true,
    ipProfile: null,
    limits: [],
    website: 'https://www.ssl.com/',
    docs: 'https://www.ssl.com/guide/ssl-tls-certificate-issuance-and-revocation-with-acme/',
  },
  {
    id: 'sslcom-ecc',
    name: 'SSL.com (for EC keys)',
    directoryUrl: 'https://acme.ssl.com/sslcom-dv-ecc',
    stagingUrl: null,
    needsEab: true,
    ipProfile: null,
    limits: [],
    website: 'https://www.ssl.com/',
    docs: 'https://www.ssl.com/guide/ssl-tls-certificate-issuance-and-revocation-with-acme/',
  },
  {
    id: 'actalis',
    name: 'Actalis',
    directoryUrl: 'https://acme-api.actalis.com/acme/directory',
    stagingUrl: null,
    needsEab: true,
    ipProfile: null,
    limits: [],
    website: 'https://www.actalis.com/',
    docs: 'https://guide.actalis.com/ssl-certificate/acme.aspx',
  },
];

/**
 * @param ca An id of the list, or the https URL of a directory.
 * @returns the directory URL to use
 * @throws UNKNOWN_CA if `ca` is neither; INVALID_REQUEST (details.issues) if the CA has no staging directory
 */
export function resolveDirectory(ca: string, staging: boolean, overrides: DirectoryOverrides): string {
  const known = CERTIFICATE_AUTHORITIES.find(({ id }) => id === ca);
  if (known === undefined && !isHttpsUrl(ca)) {
    const ids = CERTIFICATE_AUTHORITIES.map(({ id }) => id);
    const message = `Unknown CA ${JSON.stringify(withoutUser(ca))}. Select one of ${ids.join(', ')}, or enter the https URL of a directory.`;
    throw new CertdeskError('UNKNOWN_CA', message, { field: 'ca', known: ids });
  }
  const own = known?.id === 'letsencrypt' ? overrides : {};
  if (!staging) return own.production ?? known?.directoryUrl ?? ca;
  const directory = own.staging ?? known?.stagingUrl;
  if (directory !== undefined && directory !== null) return directory;
  const message = `${known?.name ?? ca} has no staging directory: omit staging and dryRun, or select another CA.`;
  throw invalid('staging', message, message);
}

/** The CA's staging directory; null if it has none, or if only its production directory was replaced. */
export function stagingOf(ca: string, overrides: DirectoryOverrides): string | null {
  if (ca === 'letsencrypt' && overrides.production !== undefined) return overrides.staging ?? null;
  const known = CERTIFICATE_AUTHORITIES.find(({ id }) => id === ca);
  return (ca === 'letsencrypt' ? overrides.staging : undefined) ?? known?.stagingUrl ?? null;
}

/** Whether the directory belongs to a known public CA. Public CAs issue certificates only for public names. */
export function isPublicDirectory(url: string): boolean {
  return CERTIFICATE_AUTHORITIES.some(
    ({ directoryUrl, stagingUrl }) => url === directoryUrl || url === stagingUrl,
  );
}

/** Whether an https URL is on a host of a known public CA. */
export function isPublicCaHost(url: string): boolean {
  const { protocol, host } = URL.parse(url) ?? {};
  const hosts = CERTIFICATE_AUTHORITIES.flatMap(({ directoryUrl, stagingUrl }) => [directoryUrl, stagingUrl]);
  return protocol === 'https:' && hosts.some((own) => own !== null && new URL(own).host === host);
}

/**
 * The `type` of a CA's certificates in API responses.
 * @param ca As for `resolveDirectory`. Let's Encrypt's directory URLs count as Let's Encrypt.
 */
export function certificateType(ca: string): 'letsencrypt' | 'acme' {
  const [letsEncrypt] = CERTIFICATE_AUTHORITIES;
  if (ca === letsEncrypt?.id || ca === letsEncrypt?.directoryUrl || ca === letsEncrypt?.stagingUrl)
    return 'letsencrypt';
  return 'acme';
}

/** Requires https without user and password: requests must be encrypted, and passwords would end up in logs. */
function isHttpsUrl(value: string): boolean {
  const url = URL.parse(value);
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}

/** Removes user and password, which error messages must not repeat. */
function withoutUser(address: string): string {
  return address.replace(/\/\/[^/]*@/, '//');
}
