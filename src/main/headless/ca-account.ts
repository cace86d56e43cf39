// certdesk ca-account list|replace: works on the database directly, with or without a running server.
import { listAccounts } from '../engine/acme/list-accounts.ts';
import { listAccountRecords } from '../engine/challenges/account-records.ts';
import { replaceAccountKey } from '../engine/issuance/replace-account-key.ts';
import type { DataOptions } from '../platform/options.ts';
import { createVault } from '../secrets/vault.ts';
import { openSecrets, withEngineParts } from './with-database.ts';

/** Prints one account per line, separated by tabs: ID, CA, email address, account URL, number of certificates. */
export async function listCaAccounts({ dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ stores }) => {
    for (const { id, ca, directoryUrl, email, url, certificates } of await listAccounts(stores, {})) {
      const line = [id, ca ?? directoryUrl, email ?? 'no email', url ?? 'not registered', certificates];
      process.stdout.write(`${line.join('\t')}\n`);
    }
  });
}

/** Replaces the key of a deactivated account. @throws CA_ACCOUNT_NOT_FOUND, INVALID_REQUEST */
export async function replaceCaAccount(id: string, { dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ stores, record }) => {
    const secrets = await openSecrets(stores, dataDir);
    const { projects } = await listAccountRecords(stores, id);
    if (projects.length > 0) {
      const domains = projects.map(({ domain }) => domain).join(', ');
      process.stderr.write(
        `DNS records (dns-persist-01 or CAA) of these certificates name the old account, and must be replaced before their next renewal: ${domains}\n`,
      );
    }
    const keyRecord = {
      get: async () => String((await stores.settings.get('master-key-id')) ?? '') || null,
      set: (keyId: string) => stores.settings.set('master-key-id', keyId),
    };
    const vault = createVault({ secrets, keyRecord });
    await record('system.replaceAccount', 'CA account replaced', () =>
      replaceAccountKey({ stores, vault }, id),
    );
    process.stdout.write(
      'The account has a new key. Certdesk registers it with the CA at the next issuance\n',
    );
  });
}
