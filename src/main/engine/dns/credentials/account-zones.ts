// The zones of a DNS account: listed once, or, where the credentials may not list them, looked up for each name.
import { CertdeskError } from '../../core/errors.ts';
import type { DnsProvider, DnsZone } from '../providers/provider.ts';

export interface AccountZones {
  /** Begins to list them; `around` says what came of it. */
  prepare(signal: AbortSignal): void;
  /**
   * The account's zones, those around the name at least; null where the provider cannot list zones.
   * @throws DNS_CREDENTIALS_REJECTED, DNS_PROVIDER_UNAVAILABLE; a failure is not kept, the next call asks again.
   */
  around(name: string, signal: AbortSignal): Promise<readonly DnsZone[] | null>;
}

/** Keeps what is listed for its own life: make one for each job. */
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
        throw error; // its words say what is lacking
      }
    },
  };
}
