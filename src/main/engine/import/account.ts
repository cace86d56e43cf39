// The ACME account of the other client, kept as Certdesk's own for that CA and address, so that renewals go on with it.
import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { toTimestamp } from '../../../shared/time.ts';
import type { AccountRecord } from '../core/model.ts';
import type { Clock, Vault } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { Plan } from './evaluate.ts';

export interface TakenAccount {
  /** Null where the key was not found. */
  readonly record: AccountRecord | null;
  /** Whether it is to be written: else it is there already. */
  readonly isNew: boolean;
  readonly notes: readonly string[];
}

/** Nothing is written: the caller does that in the transaction of the certificate. */
export async function takeAccount(
  { stores, vault, clock }: { readonly stores: Stores; readonly vault: Vault; readonly clock: Clock },
  { renewal, directoryUrl }: Plan,
): Promise<TakenAccount> {
  const { account, email } = renewal;
  if (account === null) return { record: null, isNew: false, notes: [] };
  const kept = await stores.accounts.find(directoryUrl, email);
  if (kept !== null) {
    const key = await vault.open(kept.keySealed, `account:${kept.id}`);
    if (publicOf(key) === publicOf(account.privateKey)) return { record: kept, isNew: false, notes: [] };
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
