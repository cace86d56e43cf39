// Folders of acme.sh as its users have them: what is found, and how it would be renewed.
import { describe, expect, test } from 'vitest';
import { credentialsOf, LE, notesOf, useClientFolder } from '../../support/engine/client-folder-rig.ts';
import { writeAcmeSh } from '../../support/engine/import-folders.ts';

const rig = useClientFolder();
const { scanOne } = rig;

describe('acme.sh', () => {
  const add = (webroot: string, conf: Readonly<Record<string, string>> = {}) =>
    writeAcmeSh(rig.folder, {
      at: 'app.example.com_ecc',
      name: 'app.example.com',
      pair: rig.site,
      conf: { Le_API: LE, Le_Webroot: webroot, Le_Keylength: 'ec-256', ...conf },
    });
  const write = async (script: string, account: string) => {
    await rig.folder.write('acme.sh', '#!/bin/sh\n');
    await rig.folder.write('account.conf', account);
    await rig.folder.write(`dnsapi/${script}.sh`, `${script}_add() { _saveaccountconf XY_Key "$XY_Key"; }\n`);
  };

  test('maps dns_acmedns to the built-in provider, with the domain’s own credentials without SAVED_', async () => {
    await rig.folder.write('account.conf', "LOG_LEVEL='1'\n");
    await add('dns_acmedns', {
      ACMEDNS_USERNAME: 'user-1',
      ACMEDNS_PASSWORD: 'password-1',
      ACMEDNS_SUBDOMAIN: 'subdomain-1',
      ACMEDNS_BASE_URL: 'https://auth.example.org',
    });
    const found = await scanOne();
    expect(found.plan).toMatchObject({ autoRenew: true, spec: { dnsProvider: 'acmedns' } });
    expect(credentialsOf(found)).toEqual({
      baseUrl: 'https://auth.example.org',
      apiUser: 'user-1',
      apiKey: 'password-1',
      subdomain: 'subdomain-1',
    });
  });

  test('maps dns_knot to RFC 2136, with its key in account.conf without SAVED_', async () => {
    await rig.folder.write(
      'account.conf',
      "KNOT_SERVER='127.0.0.1'\nKNOT_KEY='hmac-sha512:acme:MTIzNDU2Nzg5MA=='\n",
    );
    await add('dns_knot');
    expect(credentialsOf(await scanOne())).toEqual({
      nameserver: '127.0.0.1',
      tsigKeyName: 'acme',
      tsigSecret: 'MTIzNDU2Nzg5MA==',
      tsigAlgorithm: 'hmac-sha512',
    });
  });

  test('finds variables of any script with and without SAVED_, and leaves out others and acme.sh’s own', async () => {
    await write('dns_xy', "XY_Key='key-1' \nSAVED_AB_Key='other'\nACCOUNT_EMAIL='me@example.com'\n");
    await add('dns_xy');
    expect(credentialsOf(await scanOne('/acme.sh'))).toEqual({
      script: 'dns_xy',
      environment: { XY_Key: 'key-1' },
    });
  });

  test('does not turn on auto-renewal for a script while scripts are off', async () => {
    await write('dns_xy', "SAVED_XY_Key='key-1'\n");
    await add('dns_xy');
    expect((await scanOne('/acme.sh')).plan?.autoRenew).toBe(true);
    const off = await scanOne(null);
    expect(off.plan?.autoRenew).toBe(false);
    expect(notesOf(off)).toContain('Auto-renewal is off: acme.sh scripts are off.');
  });

  test('parses values with shell quoting', async () => {
    await rig.folder.write('account.conf', 'export CF_Token="abc"   # of the shop\n');
    await add('dns_cf');
    expect(credentialsOf(await scanOne())).toEqual({ apiToken: 'abc' });
  });

  test('imports CF_Key with CF_Email as Cloudflare’s Global API Key', async () => {
    await rig.folder.write(
      'account.conf',
      "SAVED_CF_Key='0123456789abcdef'\nSAVED_CF_Email='me@example.com'\n",
    );
    await add('dns_cf');
    expect(credentialsOf(await scanOne())).toEqual({ email: 'me@example.com', apiKey: '0123456789abcdef' });
  });

  test('renews by TLS-ALPN-01, and leaves auto-renewal off for a CA for customers without the account’s key', async () => {
    await rig.folder.write('account.conf', '');
    await add('alpn');
    const byAlpn = await scanOne();
    expect(byAlpn.plan).toMatchObject({ autoRenew: true, spec: { challengeType: 'tls-alpn-01' } });
    expect(notesOf(byAlpn)).toContain('--alpn-port 443');
    await add('no', { Le_API: 'https://acme.zerossl.com/v2/DV90' });
    const found = await scanOne();
    expect(found.plan?.autoRenew).toBe(false);
    expect(notesOf(found)).toContain('ZeroSSL requires external account binding');
  });
});
