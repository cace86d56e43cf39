// An interrupted change of an account's key: whichever of the two the CA has, the account is found again.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createAccounts } from '../../../src/main/engine/acme/accounts.ts';
import { createKeyedMutex } from '../../../src/main/engine/core/keyed-mutex.ts';
import type { Stores } from '../../../src/main/engine/core/stores.ts';
import { replaceAccountKey } from '../../../src/main/engine/issuance/replace-account-key.ts';
import { makeKey } from '../../support/acme/issue.ts';
import { type PebbleRig, startPebbleRig } from '../../support/acme/pebble-rig.ts';
import { openTestDatabase, type TestDatabase } from '../../support/engine/database.ts';
import { describeWith } from '../../support/tools/tools.ts';

const { signal } = new AbortController();
/** Plain keys: sealing is the vault's task, and has its own tests. */
const vault = {
  seal: async (text: string) => Buffer.from(text),
  open: async (sealed: Uint8Array) => Buffer.from(sealed).toString(),
};

describeWith('pebble', "a change of an account's key", () => {
  let rig: PebbleRig;
  let database: TestDatabase;
  /** The writes of keys that still succeed: after them the process is dead. */
  let writes: number;
  beforeAll(async () => {
    rig = await startPebbleRig();
  });
  afterAll(() => rig?.stop());
  beforeEach(() => {
    database = openTestDatabase();
    writes = Number.POSITIVE_INFINITY;
  });
  afterEach(() => database?.close());

  function accounts() {
    const { stores } = database;
    const mortal: Stores = {
      ...stores,
      accounts: {
        ...stores.accounts,
        async setKeys(id, keys) {
          if (writes <= 0) throw new Error('killed');
          writes -= 1;
          await stores.accounts.setKeys(id, keys);
        },
      },
    };
    const clock = { now: () => new Date() };
    return createAccounts({
      stores: mortal,
      vault,
      acme: rig.client,
      clock,
      locks: createKeyedMutex(),
      replaceKey: (id) => replaceAccountKey({ stores: mortal, vault }, id),
    });
  }
  const owner = () => ({ directoryUrl: rig.pebble.directoryUrl, email: null, eab: null });
  const order = async () => {
    const { session, account } = await accounts().open(owner(), signal);
    await session.createOrder({ names: ['a.example.com'] });
    return account;
  };
  const kept = async (id: string) => {
    const account = await database.stores.accounts.get(id);
    if (account === null) throw new Error('the account is gone');
    return account;
  };

  it('takes effect at once, and the old key no longer works', async () => {
    const { id, keySealed, url } = await order();
    await accounts().changeKey(id, signal);
    const after = await kept(id);
    expect(after.keySealed).not.toEqual(keySealed);
    expect(after).toMatchObject({ url, nextKeySealed: null });
    await order();
    const old = rig.session(Buffer.from(keySealed).toString());
    expect(await old.findAccount()).toBeNull();
  });

  it('that the CA received and Certdesk did not record continues with the new key', async () => {
    const { id, keySealed } = await order();
    writes = 1; // the new key is stored; the kill comes after the CA's answer
    await expect(accounts().changeKey(id, signal)).rejects.toThrow('killed');
    const between = await kept(id);
    expect(between.keySealed).toEqual(keySealed);
    writes = Number.POSITIVE_INFINITY;
    await order();
    expect(await kept(id)).toMatchObject({ keySealed: between.nextKeySealed, nextKeySealed: null });
  });

  it('that the CA did not receive continues with the old key', async () => {
    const { id, keySealed } = await order();
    await database.stores.accounts.setKeys(id, { keySealed, nextKeySealed: Buffer.from(makeKey()) });
    await order();
    expect(await kept(id)).toMatchObject({ nextKeySealed: null });
    expect((await kept(id)).keySealed).toEqual(keySealed);
  });

  it('waits if another one is running', async () => {
    const { id } = await order();
    const both = accounts();
    await Promise.all([both.changeKey(id, signal), both.changeKey(id, signal)]);
    await order();
  });
});
