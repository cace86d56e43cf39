// Answers whether Certdesk works, for health checks of load balancers and service managers.
import type { CheckHealth, Health } from '../api/context.ts';
import type { Clock, SecretStore } from '../engine/core/ports.ts';

/** Health needs no authentication, so results are cached for this long. In milliseconds. */
const HEALTH_MS = 10_000;

/** Checks the secret store itself, because Certdesk cannot work with a locked keychain. */
export function createHealthCheck(secrets: SecretStore, clock: Clock): CheckHealth {
  let last: { readonly at: number; readonly health: Promise<Health> } | null = null;
  const check = async (): Promise<Health> => {
    try {
      await secrets.names();
      return { ok: true, secretStore: secrets.kind };
    } catch {
      return { ok: false, secretStore: 'unavailable' };
    }
  };
  return ({ fresh }) => {
    const now = clock.now().getTime();
    // A result from the future, after the clock was set back, is stale.
    if (fresh || last === null || now < last.at || now - last.at >= HEALTH_MS)
      last = { at: now, health: check() };
    return last.health;
  };
}
