// Replaces an account that was deactivated at its CA: it gets a new key and is registered at its next use.
import { CertdeskError } from '../core/errors.ts';
import type { Vault } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { generateKey } from '../pki/keys.ts';
import { abandonOrder } from './resumable-orders.ts';

/**
 * Replaces the account's key. Orders of the old account are abandoned, because no request can be signed for them any
 * more. Renewals that waited for a new account are released.
 * @throws CA_ACCOUNT_NOT_FOUND
 */
export async function replaceAccountKey(
  { stores, vault }: { readonly stores: Stores; readonly vault: Vault },
  id: string,
): Promise<void> {
  if ((await stores.accounts.get(id)) === null) throw new CertdeskError('CA_ACCOUNT_NOT_FOUND');
  const keySealed = await vault.seal(await generateKey({ type: 'ec', size: 256 }), `account:${id}`);
  await stores.transaction(async (tx) => {
    await tx.accounts.setKeys(id, { keySealed, nextKeySealed: null });
    await tx.accounts.setUrl(id, null);
    for (const { jobId, accountId } of await tx.orders.all()) {
      const job = accountId === id ? await tx.jobs.get(jobId) : null;
      if (job?.state === 'failed') await abandonOrder(tx, jobId);
    }
    await tx.certificates.release({ accountId: id });
  });
}
