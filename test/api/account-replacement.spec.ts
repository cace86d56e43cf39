// An account that was deactivated at its CA: the error, and its replacement by REST and by the command line.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { EnginePorts } from '../../src/main/engine/engine.ts';
import { replaceCaAccount } from '../../src/main/headless/ca-account.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith('pebble', 'an account that was deactivated at its CA', () => {
  let pebble: Pebble;
  let app: TestApp;
  let ports: EnginePorts;
  let id: string;

  beforeAll(async () => {
    pebble = await startPebble();
    const around = (given: EnginePorts): EnginePorts => {
      ports = given;
      return given;
    };
    app = await startApp({ pebble, platform: { around } });
    id = await app.project('deactivated.example.com');
    const body = { challengeType: 'http-01', keyType: 'ec' };
    expect((await app.call('POST', `/projects/${id}/certificate/obtain`, { body })).status).toBe(200);
  });
  afterAll(async () => {
    await app?.stop();
    await pebble?.stop();
  });

  const renew = () => app.call('POST', `/projects/${id}/certificate/renew`);
  const status = async () => (await app.call('GET', `/projects/${id}/certificate/status`)).body;
  const account = async () => {
    const [first] = await ports.stores.accounts.list();
    if (first === undefined) throw new Error('there is no account');
    return first.account;
  };
  const replace = async () => app.call('POST', `/ca-accounts/${(await account()).id}/replace`);

  /** At the CA, as its owner may do elsewhere (RFC 8555 section 7.3.6). */
  async function deactivate(): Promise<void> {
    const { id: accountId, url, keySealed, directoryUrl } = await account();
    const accountKey = await ports.vault.open(keySealed, `account:${accountId}`);
    const { signal } = new AbortController();
    const session = ports.acme.session({ directoryUrl, accountKey, accountUrl: url, signal });
    await session.deactivateAuthorization(url ?? ''); // the same request, to the account's address
  }

  it('is not replaced while the CA accepts it', async () => {
    expect(await replace()).toMatchObject({ status: 409, body: { code: 'CA_ACCOUNT_IN_USE' } });
    expect((await app.call('POST', '/ca-accounts/nobody/replace')).body.code).toBe('CA_ACCOUNT_NOT_FOUND');
  });

  it('is named, waits for a person, and is replaced by the API', async () => {
    const { url } = await account();
    await deactivate();
    const refused = await renew();
    expect(refused.body, refused.text).toMatchObject({ code: 'ACME_ACCOUNT_DEACTIVATED' });
    expect(refused.text).toContain('deactivated');
    expect((await status()).waitsFor).toContain('deactivated at the CA');
    const replaced = await replace();
    expect(replaced.status, replaced.text).toBe(200);
    expect((await status()).waitsFor).toBeNull();
    expect((await account()).url).not.toBe(url);
    expect((await renew()).status).toBe(200);
  });

  it('is replaced by the command line beside a running server', async () => {
    await deactivate();
    expect((await renew()).body.code).toBe('ACME_ACCOUNT_DEACTIVATED');
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await replaceCaAccount((await account()).id, { dataDir: app.dataFolder });
    } finally {
      written.mockRestore();
    }
    const answer = await renew();
    expect(answer.status, answer.text).toBe(200);
  });
});
