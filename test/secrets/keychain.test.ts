// The layout in the keychain, over a stand-in for its calls. keychain.spec.ts has the real one.

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CertdeskError } from '../../src/main/engine/core/errors.ts';
import { createKeychain } from '../../src/main/secrets/keychain.ts';
import type { KeychainCalls } from '../../src/main/secrets/keychain-calls.ts';

interface TestCalls extends KeychainCalls {
  readonly entries: Map<string, string>;
  /** After that many writes the machine loses power: every later call fails. */
  writesLeft: number;
  /** Like a Secret Service whose keyring was never unlocked: nothing is there, and nothing can be written. */
  locked: boolean;
}

function createCalls(): TestCalls {
  const entries = new Map<string, string>();
  const spend = (): void => {
    if (calls.locked || calls.writesLeft === 0) throw new CertdeskError('SECRET_STORE_UNAVAILABLE', 'locked');
    calls.writesLeft -= 1;
  };
  const calls: TestCalls = {
    entries,
    writesLeft: Number.POSITIVE_INFINITY,
    locked: false,
    get: async (account) => (calls.locked ? null : (entries.get(account) ?? null)),
    async set(account, value) {
      spend();
      entries.set(account, value);
    },
    async delete(account) {
      if (calls.locked || !entries.has(account)) return false;
      spend();
      return entries.delete(account);
    },
    accounts: async () => (calls.locked ? [] : [...entries.keys()]),
  };
  return calls;
}

const windows = (calls: KeychainCalls) =>
  createKeychain({ service: 'certdesk:test', platform: 'win32', calls });
const linux = (calls: KeychainCalls) =>
  createKeychain({ service: 'certdesk:test', platform: 'linux', calls });
const long = (length: number): string => `ü😀"${randomBytes(length).toString('base64url')}`.slice(0, length);

describe('values', () => {
  test.each([0, 1, 1278, 1279, 1280, 1281, 2560, 5000])(
    'of %i characters come back on Windows',
    async (length) => {
      const calls = createCalls();
      const value = long(length);
      await windows(calls).set('name', value);
      expect(await windows(calls).get('name')).toBe(value);
      expect(Math.max(...[...calls.entries.values()].map((entry) => entry.length))).toBeLessThanOrEqual(1280);
    },
  );

  test('of 200,000 characters come back on Linux', async () => {
    const calls = createCalls();
    const value = long(200_000);
    await linux(calls).set('name', value);
    expect(await linux(calls).get('name')).toBe(value);
  });

  test('that look like the internal layout come back unchanged', async () => {
    const store = windows(createCalls());
    for (const value of ['=', '#', '#abcdef01#2', '=#abcdef01#2']) {
      await store.set('name', value);
      expect(await store.get('name')).toBe(value);
    }
  });

  test('that are replaced leave no part of the old one, whichever was longer', async () => {
    const calls = createCalls();
    const store = windows(calls);
    for (const length of [5000, 3000, 10, 4000]) {
      const value = long(length);
      await store.set('name', value);
      expect(await store.get('name')).toBe(value);
      const parts = length < 1280 ? 0 : Math.ceil(Buffer.from(value).toString('base64url').length / 1280);
      expect(calls.entries.size).toBe(1 + parts);
    }
  });

  test('are the old one or the new one, whole, wherever a write is interrupted', async () => {
    const [before, after] = [long(3000), long(4000)];
    let finished = 0;
    for (let writes = 0; finished < 2; writes += 1) {
      const calls = createCalls();
      await windows(calls).set('name', before);
      calls.writesLeft = writes;
      const failed = await windows(calls)
        .set('name', after)
        .then(
          () => false,
          () => true,
        );
      calls.writesLeft = Number.POSITIVE_INFINITY;
      const kept = await windows(calls).get('name');
      expect([before, after], `cut after ${writes} writes`).toContain(kept);
      if (!failed) {
        expect(kept).toBe(after);
        finished += 1;
      }
      await windows(calls).delete('name');
      expect([...calls.entries.keys()], 'what a crash left is removed with the secret').toEqual([]);
    }
  });

  test('with a missing part are a failure, not a shorter value', async () => {
    const calls = createCalls();
    await windows(calls).set('name', long(3000));
    calls.entries.delete([...calls.entries.keys()].find((account) => account.endsWith('#1')) ?? '');
    await expect(windows(calls).get('name')).rejects.toMatchObject({
      code: 'SECRET_STORE_UNAVAILABLE',
      message: expect.stringContaining('damaged'),
    });
    calls.entries.set('name', 'from somebody else');
    await expect(windows(calls).get('name')).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' });
  });

  test('that are replaced while they are read come back as the old or the new one', async () => {
    const calls = createCalls();
    const store = windows(calls);
    const [before, after] = [long(3000), long(4000)];
    await store.set('name', before);
    let replaced = false;
    const meddling: KeychainCalls = {
      ...calls,
      async get(account) {
        if (account.endsWith('#1') && !replaced) {
          replaced = true;
          await store.set('name', after);
        }
        return calls.get(account);
      },
    };
    expect(await windows(meddling).get('name')).toBe(after);
  });
});

describe('names', () => {
  test('of all kinds are kept separate, and listed once without the parts', async () => {
    const store = windows(createCalls());
    const names = ['master-key', 'dns:1', 'dns:1#2', 'dns:10', 'ü/☃ %', '#probe', ''];
    for (const name of names) await store.set(name, name.repeat(900));
    expect([...(await store.names())].sort()).toEqual([...names].sort());
    for (const name of names) expect(await store.get(name)).toBe(name.repeat(900));
    await store.delete('dns:1');
    expect([...(await store.names())].sort()).toEqual(names.filter((name) => name !== 'dns:1').sort());
    expect(await store.get('dns:10')).toBe('dns:10'.repeat(900));
    expect(await store.get('dns:1')).toBeNull();
  });

  test('that do not exist can be deleted without a failure', async () => {
    await linux(createCalls()).delete('nothing');
  });

  test('that are written concurrently have one whole value and no other parts', async () => {
    const calls = createCalls();
    const store = windows(calls);
    await Promise.all([3000, 4000, 5000].map((length) => store.set('name', 'x'.repeat(length))));
    expect(await store.get('name')).toBe('x'.repeat(5000));
    expect(calls.entries.size).toBe(1 + Math.ceil((5000 * 4) / 3 / 1280));
  });
});

describe('a keyring that was never unlocked and looks empty', () => {
  test('is a failure, not an empty store', async () => {
    const calls = createCalls();
    await linux(calls).set('name', 'kept');
    calls.locked = true;
    const store = linux(calls);
    for (const call of [() => store.get('name'), () => store.names(), () => store.delete('name')]) {
      await expect(call()).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' });
    }
    calls.locked = false;
    expect(await store.get('name')).toBe('kept');
    expect(await store.get('other')).toBeNull();
    expect(await store.names()).toEqual(['name']);
  });
});
