// Secrets that come with a request and that its job needs (external account binding, DNS credentials): they wait in
// the secret store, not in the job's row, so that a job which goes on after a restart still has them.

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
  /** Keeps what is given; nothing where nothing is. */
  keep(jobId: string, given: GivenSecrets): Promise<void>;
  read(jobId: string): Promise<GivenSecrets>;
  forget(jobId: string): Promise<void>;
}

export function createJobSecrets(secrets: SecretStore): JobSecrets {
  // Most jobs bring no secret: then the keychain is left alone. Of those of a former run that is not known.
  const kept = new Set<string>();
  const without = new Set<string>();
  return {
    async keep(jobId, given) {
      if (given.eab === undefined && given.dnsCredentials === undefined) {
        without.add(jobId);
        return;
      }
      kept.add(jobId);
      await secrets.set(jobSecret(jobId), JSON.stringify(given));
    },
    async read(jobId) {
      if (without.has(jobId)) return {};
      const text = await secrets.get(jobSecret(jobId));
      if (text === null) return {};
      kept.add(jobId);
      return JSON.parse(text);
    },
    async forget(jobId) {
      without.delete(jobId);
      if (!kept.delete(jobId)) return;
      await secrets.delete(jobSecret(jobId));
    },
  };
}
