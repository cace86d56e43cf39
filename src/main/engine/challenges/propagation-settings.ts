// How dns-01 waits for its record: what the provider suggests, and what the settings say in place of it.
import type { Settings } from '../../../shared/settings.ts';
import type { PropagationSettings } from '../dns/lookup/propagation-rounds.ts';

/** @param suggested The provider's own time-out and interval, in seconds. */
export function propagationOf(
  suggested: { readonly timeout: number; readonly interval: number },
  dns: Settings['dns'],
): PropagationSettings {
  return {
    timeout: dns.propagationTimeout ?? suggested.timeout,
    interval: dns.propagationInterval ?? suggested.interval,
    ask: dns.propagationCheck,
    publicResolvers: dns.publicResolvers,
  };
}
