// A new version of a project's certificate: its key sealed for it alone, neither superseded, removed nor revoked.
import { randomUUID } from 'node:crypto';
import { toTimestamp } from '../../../shared/time.ts';
import type { CertificateRecord, LeafFacts } from '../core/model.ts';
import type { Clock, Vault } from '../core/ports.ts';

export interface NewVersionDeps {
  readonly vault: Vault;
  readonly clock: Clock;
}

type Given =
  | 'projectId'
  | 'type'
  | 'domain'
  | 'chain'
  | 'staging'
  | 'autoRenew'
  | 'spec'
  | 'accountId'
  | 'renewal';

export interface NewVersion extends Pick<CertificateRecord, Given> {
  readonly leaf: LeafFacts;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
}

/** Nothing is stored: that is for the transaction that activates it. */
export async function newVersion(
  { vault, clock }: NewVersionDeps,
  { leaf, privateKey, ...given }: NewVersion,
): Promise<CertificateRecord> {
  const id = randomUUID();
  return {
    ...leaf,
    ...given,
    id,
    keySealed: await vault.seal(privateKey, `certificate:${id}`),
    renewedFrom: null,
    storedAt: toTimestamp(clock.now()),
    supersededAt: null,
    removedAt: null,
    revokedAt: null,
    revocationReason: null,
  };
}
