// certdesk ca-account list|replace: on the database itself, so it may run beside a server, or without one.
import { listAccounts } from '../engine/acme/list-accounts.ts';
import { replaceAccountKey } from '../engine/issuance/replace-account-key.ts';
import type { DataOptions } from '../platform/options.ts';
import { createVault } from '../secrets/vault.ts';
import { openSecrets, withEngineParts } from './with-database.ts';

/** One account a line: id, CA, e-mail, address at the CA, certificates. */
export async function listCaAccounts({ dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ stores }) => {
    for (const { id, ca, directoryUrl, email, url, certificates } of await listAccounts(stores, {})) {
      const line = [id, ca ?? directoryUrl, email ?? 'no e-mail', url ?? 'not registered', certificates];
      process.stdout.write(`${line.join('\t')}\n`);
    }
  });
}

/** @throws CA_ACCOUNT_NOT_FOUND, INVALID_REQUEST */
export async function replaceCaAccount(id: string, { dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ stores, record }) => {
    const secrets = await openSecrets(stores, dataDir);
    const keyRecord = {
      get: async () => String((await stores.settings.get('master-key-id')) ?? '') || null,
      set: (keyId: string) => stores.settings.set('master-key-id', keyId),
    };
    const vault = createVault({ secrets, keyRecord });
    await record('system.replaceAccount', 'Replace a CA account', () =>
      replaceAccountKey({ stores, vault }, id),
    );
    process.stdout.write('The account has a new key. It is registered at the CA when it is next used\n');
  });
}
