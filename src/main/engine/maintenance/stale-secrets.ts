// Deletes secrets that are no longer needed: a killed process, or a secret store that was locked at the time, has
// left them behind. Runs once at startup, before new requests can store secrets.

import type { SecretStore } from '../core/ports.ts';
import {
  CHANNEL_PREFIX,
  DNS_CREDENTIAL_PREFIX,
  HOST_CREDENTIAL_PREFIX,
  JOB_PREFIX,
  PROJECT_DNS_PREFIX,
} from '../core/secret-names.ts';
import type { Stores } from '../core/stores.ts';
import { isCleaned } from '../issuance/resumable-orders.ts';

/**
 * Deletes stale secrets of the known kinds and leaves all others alone.
 * @throws SECRET_STORE_UNAVAILABLE
 */
export async function forgetStaleSecrets(stores: Stores, secrets: SecretStore): Promise<void> {
  const needed: Readonly<Record<string, (id: string) => Promise<boolean>>> = {
    async [JOB_PREFIX](id) {
      const job = await stores.jobs.get(id);
      const unfinished = job?.state === 'queued' || job?.state === 'running';
      const order = await stores.orders.get(id);
      return unfinished || (order !== null && !isCleaned(order));
    },
    [DNS_CREDENTIAL_PREFIX]: async (id) => (await stores.dnsCredentials.get(id)) !== null,
    [HOST_CREDENTIAL_PREFIX]: async (id) => (await stores.hostCredentials.get(id)) !== null,
    [CHANNEL_PREFIX]: async (id) => (await stores.notifications.channel(id)) !== null,
    [PROJECT_DNS_PREFIX]: async (id) => (await stores.projects.get(id)) !== null,
  };
  for (const name of await secrets.names()) {
    const kind = Object.keys(needed).find((prefix) => name.startsWith(prefix));
    if (kind === undefined) continue;
    if (!(await needed[kind]?.(name.slice(kind.length)))) await secrets.delete(name);
  }
}
