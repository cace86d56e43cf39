// Wraps a DNS provider so that it creates records only within the limits of its saved credential. Removing records is
// always allowed.
import { CertdeskError } from '../../core/errors.ts';
import { isWithin } from '../lookup/zone.ts';
import type { DnsProvider, DnsZone } from '../providers/provider.ts';

/** The limits of a saved credential. */
export interface CredentialLimits {
  /** False: the credential is not shared with the project. */
  readonly shared: boolean;
  /** The zones, or names in zones, for which it may create records; null: all. */
  readonly zones: readonly string[] | null;
}

export const NO_LIMITS: CredentialLimits = { shared: true, zones: null };

/** @returns the provider; outside of the limits, its addTxt rejects with DNS_CREDENTIAL_LIMITED */
export function limitProvider(provider: DnsProvider, { shared, zones }: CredentialLimits): DnsProvider {
  if (shared && zones === null) return provider;
  const overlapsLimits = ({ name }: DnsZone): boolean =>
    zones === null || zones.some((zone) => isWithin(name, zone) || isWithin(zone, name));
  const { listZones, zonesAround } = provider;
  return {
    ...provider,
    ...(listZones === undefined
      ? {}
      : { listZones: async (signal) => (await listZones.call(provider, signal)).filter(overlapsLimits) }),
    ...(zonesAround === undefined
      ? {}
      : {
          zonesAround: async (name, signal) =>
            (await zonesAround.call(provider, name, signal)).filter(overlapsLimits),
        }),
    async addTxt(record, signal) {
      if (!shared) throw notShared();
      if (zones !== null && !zones.some((zone) => isWithin(record.name, zone)))
        throw notForZone(record.name, zones);
      return provider.addTxt(record, signal);
    },
  };
}

/** Creates the error for a credential that is not shared with the project. */
export function notShared(): CertdeskError {
  return new CertdeskError(
    'DNS_CREDENTIAL_LIMITED',
    'The saved DNS credential is not shared with this project. Select another one, or share it',
    { field: 'dnsCredentialId' },
  );
}

function notForZone(name: string, zones: readonly string[]): CertdeskError {
  return new CertdeskError(
    'DNS_CREDENTIAL_LIMITED',
    `The saved DNS credential must not be used for ${name}: it is limited to ${zones.join(', ')}`,
    { name, zones: [...zones] },
  );
}
