// Stores the secrets of a request (external account binding, DNS credentials) until its job has ended. They are in
// the secret store, not in the job's row, so that a job that resumes after a restart still has them.

import type { Json, SavedBy } from '../core/model.ts';
import type { SecretStore } from '../core/ports.ts';
import { jobSecret } from '../core/secret-names.ts';

export interface GivenSecrets {
  readonly eab?: { readonly kid: string; readonly hmacKey: string } | undefined;
  readonly dnsCredentials?: Readonly<Record<string, Json>> | undefined;
  /** Who sent `dnsCredentials`. */
  readonly savedBy?: SavedBy | undefined;
}

export interface JobSecrets {
  /** Stores the secrets. Does nothing if there are none. */
  keep(jobId: string, given: GivenSecrets): Promise<void>;
  read(jobId: string): Promise<GivenSecrets>;
  forget(jobId: string): Promise<void>;
}

export function createJobSecrets(secrets: SecretStore): JobSecrets {
  // Most jobs have no secrets. Remembering those avoids asking the keychain, which may be slow or prompt the user.
  // Jobs of an earlier run are in neither set, so for them the keychain is asked.
  const stored = new Set<string>();
  const withoutSecrets = new Set<string>();
  return {
    async keep(jobId, given) {
      if (given.eab === undefined && given.dnsCredentials === undefined) {
        withoutSecrets.add(jobId);
        return;
      }
      stored.add(jobId);
      await secrets.set(jobSecret(jobId), JSON.stringify(given));
    },
    async read(jobId) {
      if (withoutSecrets.has(jobId)) return {};
      const text = await secrets.get(jobSecret(jobId));
      if (text === null) return {};
      stored.add(jobId);
      return JSON.parse(text);
    },
    async forget(jobId) {
      withoutSecrets.delete(jobId);
      if (!stored.delete(jobId)) return;
      await secrets.delete(jobSecret(jobId));
    },
  };
}
