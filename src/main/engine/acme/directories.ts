// The CAs as data: what GET /cas lists, and which directory an id, or an address given in its place, stands for.

import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { CaUsageKind } from '../core/model.ts';

/** A published rate limit: so many in so long a time. */
export interface CaLimit {
  readonly kind: CaUsageKind;
  /** For a person: `new orders of an account`. */
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
  /** What `ca` names in the API. */
  readonly id: string;
  readonly name: string;
  readonly directoryUrl: string;
  /** Null where the CA has none: then neither `staging` nor `dryRun` can be had. */
  readonly stagingUrl: string | null;
  /** Whether a new account wants a key of the CA's own customer area (RFC 8555 section 7.3.4). */
  readonly needsEab: boolean;
  readonly website: string;
  /** What the CA lets an account do, by its own page; empty where it publishes nothing. */
  readonly limits: readonly CaLimit[];
  /** The CA's own page about ACME; where its EAB keys come from, where it wants them. */
  readonly docs: string;
}

/** In place of Let's Encrypt's own: --acme-directory and --acme-staging-directory. */
export interface DirectoryOverrides {
  readonly production?: string | undefined;
  readonly staging?: string | undefined;
}

/** The addresses are those of each CA's page and of acme.sh's list of servers (October 2026). */
export const CERTIFICATE_AUTHORITIES: readonly CertificateAuthority[] = [
  {
    id: 'letsencrypt',
    name: "Let's Encrypt",
    directoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
    stagingUrl: 'https://acme-staging-v02.api.letsencrypt.org/directory',
    needsEab: false,
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
    limits: [],
    website: 'https://www.actalis.com/',
    docs: 'https://guide.actalis.com/ssl-certificate/acme.aspx',
  },
];

/**
 * @param ca An id of the list, or the https address of a directory.
 * @returns The address of the directory to use.
 * @throws UNKNOWN_CA where `ca` is neither; INVALID_REQUEST (details.field) where it has no staging directory.
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

/** The CA's staging directory; null where it has none, or where only its production directory was replaced. */
export function stagingOf(ca: string, overrides: DirectoryOverrides): string | null {
  if (ca === 'letsencrypt' && overrides.production !== undefined) return overrides.staging ?? null;
  const known = CERTIFICATE_AUTHORITIES.find(({ id }) => id === ca);
  return (ca === 'letsencrypt' ? overrides.staging : undefined) ?? known?.stagingUrl ?? null;
}

/** Whether the directory is one of a CA that browsers trust, or of its staging: those certify public names alone. */
export function isPublicDirectory(url: string): boolean {
  return CERTIFICATE_AUTHORITIES.some(
    ({ directoryUrl, stagingUrl }) => url === directoryUrl || url === stagingUrl,
  );
}

/** Whether the host of the address is one of those CAs'. @param url An https address. */
export function isPublicCaHost(url: string): boolean {
  const { protocol, host } = URL.parse(url) ?? {};
  const hosts = CERTIFICATE_AUTHORITIES.flatMap(({ directoryUrl, stagingUrl }) => [directoryUrl, stagingUrl]);
  return protocol === 'https:' && hosts.some((own) => own !== null && new URL(own).host === host);
}

/**
 * The `type` of its certificates in the API's answers.
 * @param ca As for `resolveDirectory`; Let's Encrypt's own addresses count as Let's Encrypt.
 */
export function certificateType(ca: string): 'letsencrypt' | 'acme' {
  const [letsEncrypt] = CERTIFICATE_AUTHORITIES;
  if (ca === letsEncrypt?.id || ca === letsEncrypt?.directoryUrl || ca === letsEncrypt?.stagingUrl)
    return 'letsencrypt';
  return 'acme';
}

/** Nothing else is taken: account keys and orders must not travel in clear, and a password has no place in an address. */
function isHttpsUrl(value: string): boolean {
  const url = URL.parse(value);
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}

/** An address with a password in it is refused, and not repeated. */
function withoutUser(address: string): string {
  return address.replace(/\/\/[^/]*@/, '//');
}
