// Adopts the ACME account of the other client for its CA and e-mail address, so that renewals continue to use it.
import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { toTimestamp } from '../../../shared/time.ts';
import type { AccountRecord } from '../core/model.ts';
import type { Clock, Vault } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { Plan } from './evaluate.ts';

export interface AdoptedAccount {
  /** Null if the account's key was not found. */
  readonly record: AccountRecord | null;
  /** Whether the record must be stored; false if it exists already. */
  readonly isNew: boolean;
  readonly notes: readonly string[];
}

/** Prepares the account. The caller stores it in the transaction that stores the certificate. */
export async function adoptAccount(
  { stores, vault, clock }: { readonly stores: Stores; readonly vault: Vault; readonly clock: Clock },
  { renewal, directoryUrl }: Plan,
): Promise<AdoptedAccount> {
  const { account, email } = renewal;
  if (account === null) return { record: null, isNew: false, notes: [] };
  const existing = await stores.accounts.find(directoryUrl, email);
  if (existing !== null) {
    const key = await vault.open(existing.keySealed, `account:${existing.id}`);
    if (publicOf(key) === publicOf(account.privateKey)) return { record: existing, isNew: false, notes: [] };
    const note =
      'Certdesk has another account at this CA with the same email address. Renewals use that one; a revocation is signed with the certificate’s own key.';
    return { record: null, isNew: false, notes: [note] };
  }
  const id = randomUUID();
  const record: AccountRecord = {
    id,
    directoryUrl,
    email,
    url: account.url,
    keySealed: await vault.seal(account.privateKey, `account:${id}`),
    createdAt: toTimestamp(clock.now()),
  };
  return { record, isNew: true, notes: [] };
}

function publicOf(privateKey: string): string {
  const key = createPublicKey(createPrivateKey(privateKey));
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}
