// Creates the record of a new certificate version. Its private key is sealed for this version only.
import { randomUUID } from 'node:crypto';
import { toTimestamp } from '../../../shared/time.ts';
import type { CertificateRecord, LeafFacts } from '../core/model.ts';
import type { Clock, Vault } from '../core/ports.ts';

export interface NewVersionDeps {
  readonly vault: Vault;
  readonly clock: Clock;
}

type GivenFields =
  | 'projectId'
  | 'type'
  | 'domain'
  | 'chain'
  | 'staging'
  | 'autoRenew'
  | 'spec'
  | 'accountId'
  | 'renewal';

export interface NewVersion extends Pick<CertificateRecord, GivenFields> {
  readonly leaf: LeafFacts;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
}

/** Creates the record without storing it. The caller stores it in the transaction that activates it. */
export async function createVersion(
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
