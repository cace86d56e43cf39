// Watches changes of certificates for folders further down, in the transaction of the change. Wraps the stores, so
// that no way to activate a version, present or future, can be forgotten.
import type { RevocationReason } from '../../../shared/certificate.ts';
import type { CertificateRecord } from '../core/model.ts';
import type { Stores } from '../core/stores.ts';

export interface CertificateWatcher {
  /** A version became active: obtained, renewed, uploaded, imported, as a replacement, or restored after a removal. */
  onActivated(tx: Stores, version: CertificateRecord): Promise<void>;
  /** A version was removed or revoked. `keyCompromise` among the reasons: its key has leaked. */
  onWithdrawn(tx: Stores, version: CertificateRecord, reason: 'removed' | RevocationReason): Promise<void>;
  /** A project is about to be deleted. */
  onProjectDeleted(tx: Stores, projectId: string): Promise<void>;
}

/** @returns the same stores; in their transactions, changes of certificates also call the watcher */
export function watchCertificates(stores: Stores, watcher: CertificateWatcher): Stores {
  return { ...stores, transaction: (work) => stores.transaction((tx) => work(watched(tx, watcher))) };
}

function watched(tx: Stores, watcher: CertificateWatcher): Stores {
  const { certificates, projects } = tx;
  return {
    ...tx,
    certificates: {
      ...certificates,
      async activate(version) {
        await certificates.activate(version);
        await watcher.onActivated(tx, version);
      },
      async update(id, patch) {
        await certificates.update(id, patch);
        const { removedAt, revokedAt, revocationReason } = patch;
        if (removedAt === undefined && (revokedAt ?? null) === null) return;
        const version = await certificates.get(id);
        if (version === null) return;
        if (removedAt === null && version.supersededAt === null) await watcher.onActivated(tx, version);
        if (typeof removedAt === 'string') await watcher.onWithdrawn(tx, version, 'removed');
        if (typeof revokedAt === 'string')
          await watcher.onWithdrawn(tx, version, revocationReason ?? 'unspecified');
      },
    },
    projects: {
      ...projects,
      async delete(id) {
        await watcher.onProjectDeleted(tx, id);
        await projects.delete(id);
      },
    },
  };
}
