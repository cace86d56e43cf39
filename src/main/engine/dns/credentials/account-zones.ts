// Finds the zones of a DNS account: lists them once or, if the credentials may not list zones, looks up each name.
import { CertdeskError } from '../../core/errors.ts';
import type { DnsProvider, DnsZone } from '../providers/provider.ts';

export interface AccountZones {
  /** Starts to list the zones; `around` returns the result or throws the error. */
  prepare(signal: AbortSignal): void;
  /**
   * The account's zones, or at least those that may contain the name; null if the provider cannot list zones.
   * @throws DNS_CREDENTIALS_REJECTED, DNS_PROVIDER_UNAVAILABLE; failures are not cached
   */
  around(name: string, signal: AbortSignal): Promise<readonly DnsZone[] | null>;
}

/** The list is cached without expiry, so create one instance per job. */
export function createAccountZones(provider: Pick<DnsProvider, 'listZones' | 'zonesAround'>): AccountZones {
  let listed: Promise<readonly DnsZone[]> | null = null;

  const list = (signal: AbortSignal): Promise<readonly DnsZone[]> | null => {
    if (provider.listZones === undefined) return null;
    listed ??= provider.listZones(signal);
    return listed.catch((error: unknown) => {
      listed = null;
      throw error;
    });
  };

  return {
    prepare(signal) {
      list(signal)?.catch(() => undefined);
    },
    async around(name, signal) {
      try {
        return await list(signal);
      } catch (error) {
        signal.throwIfAborted();
        const refused = error instanceof CertdeskError && error.code === 'DNS_CREDENTIALS_REJECTED';
        if (!refused || provider.zonesAround === undefined) throw error;
        const zones = await provider.zonesAround(name, signal);
        if (zones.length > 0) return zones;
        throw error; // its message names the missing permission
      }
    },
  };
}
