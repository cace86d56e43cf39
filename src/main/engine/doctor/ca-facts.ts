// What the doctor knows about a CA before it asks it: its name in CAA records, and what it can issue.
import { isIpAddress } from '../../../shared/ip-address.ts';
import { listAuthorities } from '../acme/authorities.ts';
import { CAPABILITIES } from '../acme/capabilities.ts';
import type { AcmeClient } from '../acme/contract.ts';
import {
  CERTIFICATE_AUTHORITIES,
  type DirectoryOverrides,
  isPublicDirectory,
  resolveDirectory,
} from '../acme/directories.ts';
import type { DirectoryAnswer } from './examine.ts';
import type { CaCapability, CaFacts } from './facts.ts';

/** From the CAs' documentation of CAA records, November 2026. A directory's caaIdentities take precedence. */
const CAA_DOMAINS: Readonly<Record<string, readonly string[]>> = {
  letsencrypt: ['letsencrypt.org'],
  zerossl: ['sectigo.com'],
  google: ['pki.goog'],
  'sslcom-rsa': ['ssl.com'],
  'sslcom-ecc': ['ssl.com'],
  actalis: ['actalis.it'],
};

const UNKNOWN: CaCapability = { wildcards: null, maxNames: null, ipAddresses: null, methods: null };

/** Challenge types, where the CA's documentation names them all. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  letsencrypt: ['http-01', 'dns-01', 'tls-alpn-01'],
};

function capabilityOf(id: string, given: string | null, names: readonly string[]): CaCapability {
  const known = CAPABILITIES[id];
  if (known === undefined) return UNKNOWN;
  const ipProfile = CERTIFICATE_AUTHORITIES.find((each) => each.id === id)?.ipProfile ?? null;
  // Requests for IP addresses select the profile that the CA demands (acme/ip-profile.ts).
  const profile = given ?? (names.some(isIpAddress) ? ipProfile : null);
  const { maxNames = known.maxNames } = known.profiles.find(({ name }) => name === profile) ?? {};
  return {
    wildcards: known.wildcards,
    maxNames,
    ipAddresses: { no: false, on_request: null, profile: profile === ipProfile }[known.ipAddresses],
    methods: METHODS[id] ?? null,
  };
}

export interface CaChoice {
  /** An id of the list of CAs, or the URL of a directory. */
  readonly ca: string;
  readonly staging: boolean;
  readonly profile: string | null;
  /** Default: none, if what the CA can issue does not matter. */
  readonly names?: readonly string[];
}

/** @throws UNKNOWN_CA; INVALID_REQUEST if the CA has no staging directory */
export function describeCa(
  { ca, staging, profile, names = [] }: CaChoice,
  overrides: DirectoryOverrides,
): CaFacts {
  const directoryUrl = resolveDirectory(ca, staging, overrides);
  const isReplaced = ca === 'letsencrypt' && overrides.production !== undefined;
  const known = listAuthorities(overrides).find(
    (each) => each.directoryUrl === directoryUrl || each.stagingUrl === directoryUrl,
  );
  const isPublic = isPublicDirectory(directoryUrl);
  const id = isPublic && !isReplaced ? (known?.id ?? ca) : '';
  return {
    name: known?.name ?? new URL(directoryUrl).host,
    directoryUrl,
    isPublic,
    caaDomains: CAA_DOMAINS[id] ?? [],
    capability: capabilityOf(id, profile, names),
  };
}

/** @throws as AcmeClient.checkDirectory */
export async function askDirectory(
  acme: Pick<AcmeClient, 'checkDirectory'>,
  directoryUrl: string,
  signal: AbortSignal,
): Promise<DirectoryAnswer> {
  const { date, directory } = await acme.checkDirectory({ directoryUrl, signal });
  return { date, caaIdentities: directory.meta?.caaIdentities ?? [] };
}
