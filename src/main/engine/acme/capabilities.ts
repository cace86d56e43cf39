// What the built-in CAs can issue, as their documentation says. docs/certificate-authorities.md shows the same table.
import type { CaCapabilities, CaForNames } from '../../../shared/ca-capabilities.ts';
import { isIpAddress } from '../../../shared/ip-address.ts';
import { nameOfAuthority } from './authorities.ts';
import { CERTIFICATE_AUTHORITIES, type DirectoryOverrides, resolveDirectory } from './directories.ts';
import { profileForIp } from './ip-profile.ts';

const DAY = 24;
const CHECKED = '2026-11';

/** A DV certificate of 90 days for one name and its www form. */
const ONE_NAME: Omit<CaCapabilities, 'ari' | 'keyRollover' | 'note' | 'source'> = {
  maxNames: 2,
  onlyWww: true,
  wildcards: false,
  ipAddresses: 'no',
  lifetimeHours: { min: 90 * DAY, max: 90 * DAY },
  profiles: [],
  checkedAt: CHECKED,
};

const SSL_COM: CaCapabilities = {
  ...ONE_NAME,
  ari: false,
  keyRollover: false,
  note: 'Charges accounts that hold funds.',
  source: 'https://www.ssl.com/guide/ssl-tls-certificate-issuance-and-revocation-with-acme/',
};

/** By the id of directories.ts. */
export const CAPABILITIES: Readonly<Record<string, CaCapabilities>> = {
  letsencrypt: {
    maxNames: 100,
    onlyWww: false,
    wildcards: true,
    ipAddresses: 'profile',
    ari: true,
    keyRollover: true,
    lifetimeHours: { min: 160, max: 90 * DAY },
    profiles: [
      { name: 'classic', maxNames: 100, lifetimeHours: 90 * DAY },
      { name: 'tlsserver', maxNames: 25, lifetimeHours: 45 * DAY },
      { name: 'shortlived', maxNames: 25, lifetimeHours: 160 },
    ],
    note: 'classic: 64 days from 2027-02-10, 45 days from 2028-02-16.',
    source: 'https://letsencrypt.org/docs/profiles/',
    checkedAt: CHECKED,
  },
  google: {
    maxNames: 100,
    onlyWww: false,
    wildcards: true,
    ipAddresses: 'on_request',
    ari: true,
    keyRollover: true,
    lifetimeHours: { min: DAY, max: 90 * DAY },
    profiles: [
      { name: 'standard', maxNames: 100, lifetimeHours: 90 * DAY },
      { name: 'minimal', maxNames: 100, lifetimeHours: 90 * DAY },
    ],
    note: 'An EAB key can be used once, within 7 days.',
    source: 'https://cloud.google.com/certificate-manager/docs/public-ca',
    checkedAt: CHECKED,
  },
  zerossl: {
    maxNames: 100,
    onlyWww: false,
    wildcards: true,
    ipAddresses: 'no',
    ari: false,
    keyRollover: false,
    lifetimeHours: { min: 90 * DAY, max: 90 * DAY },
    profiles: [],
    note: 'Users report trouble with validation over IPv6.',
    source: 'https://zerossl.com/documentation/acme/',
    checkedAt: CHECKED,
  },
  'sslcom-rsa': SSL_COM,
  'sslcom-ecc': SSL_COM,
  actalis: {
    ...ONE_NAME,
    ari: true,
    keyRollover: true,
    note: null,
    source: 'https://guide.actalis.com/ssl-certificate/acme.aspx',
  },
};

/** @returns null for a directory of an unknown CA */
export function capabilitiesOf(directoryUrl: string): CaCapabilities | null {
  const ca = CERTIFICATE_AUTHORITIES.find(
    (each) => each.directoryUrl === directoryUrl || each.stagingUrl === directoryUrl,
  );
  return CAPABILITIES[ca?.id ?? ''] ?? null;
}

/**
 * @param ca An id of directories.ts, or the URL of a directory.
 * @throws UNKNOWN_CA
 */
export function describeForNames(ca: string, overrides: DirectoryOverrides): CaForNames {
  const directoryUrl = resolveDirectory(ca, false, overrides);
  return { name: nameOfAuthority(ca, overrides), capabilities: capabilitiesOf(directoryUrl) };
}

/**
 * Returns the profile that the CA demands for the names; null for its default profile.
 * @throws UNKNOWN_CA
 */
export function profileForNames(
  ca: string,
  names: readonly string[],
  overrides: DirectoryOverrides,
): string | null {
  const address = names.find(isIpAddress);
  return address === undefined
    ? null
    : profileForIp(resolveDirectory(ca, false, overrides), address, undefined);
}
