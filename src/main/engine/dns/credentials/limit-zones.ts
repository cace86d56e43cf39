// A DNS provider that writes only where its saved credentials are meant to. What was written before can always be
// removed.
import { CertdeskError } from '../../core/errors.ts';
import { isWithin } from '../lookup/zone.ts';
import type { DnsProvider, DnsZone } from '../providers/provider.ts';

/** What saved credentials are for. */
export interface CredentialLimits {
  /** False: they are not shared with the project. */
  readonly shared: boolean;
  /** The only zones, and names in them, that records may be written for; null: all. */
  readonly zones: readonly string[] | null;
}

export const NO_LIMITS: CredentialLimits = { shared: true, zones: null };

/** @returns the provider, whose addTxt rejects with DNS_CREDENTIAL_LIMITED beyond the limits. */
export function limitProvider(provider: DnsProvider, { shared, zones }: CredentialLimits): DnsProvider {
  if (shared && zones === null) return provider;
  const reaches = ({ name }: DnsZone): boolean =>
    zones === null || zones.some((zone) => isWithin(name, zone) || isWithin(zone, name));
  const { listZones, zonesAround } = provider;
  return {
    ...provider,
    ...(listZones === undefined
      ? {}
      : { listZones: async (signal) => (await listZones.call(provider, signal)).filter(reaches) }),
    ...(zonesAround === undefined
      ? {}
      : {
          zonesAround: async (name, signal) =>
            (await zonesAround.call(provider, name, signal)).filter(reaches),
        }),
    async addTxt(record, signal) {
      if (!shared) throw notShared();
      if (zones !== null && !zones.some((zone) => isWithin(record.name, zone)))
        throw notForZone(record.name, zones);
      return provider.addTxt(record, signal);
    },
  };
}

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
    `The saved DNS credential may not write ${name}: it is limited to ${zones.join(', ')}`,
    { name, zones: [...zones] },
  );
}
