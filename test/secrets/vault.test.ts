import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CertdeskError } from '../../src/main/engine/core/errors.ts';
import type { SecretStore } from '../../src/main/engine/core/ports.ts';
import { createVault, type KeyRecord, MASTER_KEY_NAME } from '../../src/main/secrets/vault.ts';

interface TestStore extends SecretStore {
  readonly kept: Map<string, string>;
  reads: number;
  locked: boolean;
}

function createStore(entries: readonly (readonly [string, string])[] = []): TestStore {
  const kept = new Map(entries);
  const store: TestStore = {
    kind: 'keychain',
    kept,
    reads: 0,
    locked: false,
    async get(name) {
      store.reads += 1;
      await Promise.resolve();
      if (store.locked) throw new CertdeskError('SECRET_STORE_UNAVAILABLE', 'locked');
      return kept.get(name) ?? null;
    },
    async set(name, value) {
      kept.set(name, value);
    },
    async delete(name) {
      kept.delete(name);
    },
    names: async () => [...kept.keys()],
  };
  return store;
}

function createRecord(initial: string | null = null): KeyRecord & { id: string | null } {
  const record = {
    id: initial,
    get: async () => record.id,
    set: async (id: string) => {
      record.id = id;
    },
  };
  return record;
}

const PEM = '-----BEGIN PRIVATE KEY-----\nMIG…ü\n-----END PRIVATE KEY-----\n';

describe('sealing', () => {
  test('opens what it sealed, and the sealed bytes reveal nothing', async () => {
    const vault = createVault({ secrets: createStore(), keyRecord: createRecord() });
    const sealed = await vault.seal(PEM, 'certificate:1');
    expect(Buffer.from(sealed).includes('PRIVATE')).toBe(false);
    expect(await vault.open(sealed, 'certificate:1')).toBe(PEM);
    expect(await vault.open(await vault.seal('', 'empty'), 'empty')).toBe('');
  });

  test('never uses a nonce twice', async () => {
    const vault = createVault({ secrets: createStore(), keyRecord: createRecord() });
    const seals = await Promise.all(Array.from({ length: 200 }, () => vault.seal('same', 'c')));
    expect(new Set(seals.map((sealed) => Buffer.from(sealed).toString('hex', 9, 21))).size).toBe(200);
  });

  test('does not open with another context', async () => {
    const vault = createVault({ secrets: createStore(), keyRecord: createRecord() });
    const sealed = await vault.seal(PEM, 'certificate:1');
    await expect(vault.open(sealed, 'certificate:2')).rejects.toMatchObject({
      code: 'SEALED_DATA_UNREADABLE',
    });
  });

  test('detects a change of any single byte', async () => {
    const vault = createVault({ secrets: createStore(), keyRecord: createRecord() });
    const sealed = await vault.seal('secret', 'c');
    expect(sealed.length).toBe(1 + 8 + 12 + 16 + 6);
    for (let i = 0; i < sealed.length; i += 1) {
      const changed = Uint8Array.from(sealed, (byte, at) => (at === i ? byte ^ 1 : byte));
      await expect(vault.open(changed, 'c'), `byte ${i}`).rejects.toMatchObject({
        code: 'SEALED_DATA_UNREADABLE',
      });
    }
  });

  test('detects truncation to any length', async () => {
    const vault = createVault({ secrets: createStore(), keyRecord: createRecord() });
    const sealed = await vault.seal('secret', 'c');
    for (let length = 0; length < sealed.length; length += 1) {
      await expect(vault.open(sealed.subarray(0, length), 'c'), `${length} bytes`).rejects.toMatchObject({
        code: 'SEALED_DATA_UNREADABLE',
      });
    }
  });
});

describe('the master key', () => {
  test('is created for a new database, recorded, and the same after a restart', async () => {
    const [secrets, keyRecord] = [createStore(), createRecord()];
    const sealed = await createVault({ secrets, keyRecord }).seal(PEM, 'c');
    expect(keyRecord.id).toMatch(/^[0-9a-f]{16}$/);
    expect(Buffer.from(secrets.kept.get(MASTER_KEY_NAME) ?? '', 'base64')).toHaveLength(32);
    expect(await createVault({ secrets, keyRecord }).open(sealed, 'c')).toBe(PEM);
  });

  test('of an interrupted first start is used, not replaced', async () => {
    const kept = randomBytes(32).toString('base64');
    const [secrets, keyRecord] = [createStore([[MASTER_KEY_NAME, kept]]), createRecord()];
    await createVault({ secrets, keyRecord }).seal(PEM, 'c');
    expect(secrets.kept.get(MASTER_KEY_NAME)).toBe(kept);
    expect(keyRecord.id).not.toBeNull();
  });

  test('is never created again for a database that names one', async () => {
    const secrets = createStore();
    const vault = createVault({ secrets, keyRecord: createRecord('0123456789abcdef') });
    await expect(vault.seal(PEM, 'c')).rejects.toMatchObject({
      code: 'SECRET_STORE_UNAVAILABLE',
      message: expect.stringContaining('0123456789abcdef'),
    });
    expect(secrets.kept.size).toBe(0);
  });

  test('is refused and kept if the database names another one', async () => {
    const kept = randomBytes(32).toString('base64');
    const secrets = createStore([[MASTER_KEY_NAME, kept]]);
    const vault = createVault({ secrets, keyRecord: createRecord('0123456789abcdef') });
    await expect(vault.open(new Uint8Array([1, ...randomBytes(50)]), 'c')).rejects.toMatchObject({
      code: 'SECRET_STORE_UNAVAILABLE',
    });
    expect(secrets.kept.get(MASTER_KEY_NAME)).toBe(kept);
  });

  test('is refused without being shown if it is not a key', async () => {
    for (const noise of [
      '',
      'hunter2',
      randomBytes(31).toString('base64'),
      `${randomBytes(32).toString('base64')} `,
    ]) {
      const vault = createVault({
        secrets: createStore([[MASTER_KEY_NAME, noise]]),
        keyRecord: createRecord(),
      });
      const failure = await vault.seal(PEM, 'c').catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' });
      if (noise !== '') expect(String(failure)).not.toContain(noise);
    }
  });

  test('is not used with a store that loses what it saves', async () => {
    const keyRecord = createRecord();
    const secrets: SecretStore = { ...createStore(), set: async () => undefined };
    await expect(createVault({ secrets, keyRecord }).seal(PEM, 'c')).rejects.toMatchObject({
      code: 'SECRET_STORE_UNAVAILABLE',
    });
    expect(keyRecord.id).toBeNull();
  });

  test('is named with the other one in the error for data sealed under another key', async () => {
    const [a, b] = [createRecord(), createRecord()];
    const sealed = await createVault({ secrets: createStore(), keyRecord: a }).seal(PEM, 'c');
    const other = createVault({ secrets: createStore(), keyRecord: b });
    const failure = await other.open(sealed, 'c').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SEALED_DATA_UNREADABLE' });
    expect(String(failure)).toContain(a.id);
    expect(String(failure)).toContain(b.id);
  });

  test('is loaded once for concurrent calls', async () => {
    const [secrets, keyRecord] = [createStore(), createRecord()];
    await createVault({ secrets, keyRecord }).seal('first start', 'c');
    secrets.reads = 0;
    const vault = createVault({ secrets, keyRecord });
    await Promise.all(Array.from({ length: 20 }, (_, i) => vault.seal(`${i}`, 'c')));
    await vault.seal('later', 'c');
    expect(secrets.reads).toBe(1);
  });

  test('is loaded again at the next call after a failure', async () => {
    const [secrets, keyRecord] = [createStore(), createRecord()];
    const vault = createVault({ secrets, keyRecord });
    secrets.locked = true;
    await expect(Promise.all([vault.seal('a', 'c'), vault.seal('b', 'c')])).rejects.toMatchObject({
      code: 'SECRET_STORE_UNAVAILABLE',
    });
    secrets.locked = false;
    expect(await vault.open(await vault.seal('a', 'c'), 'c')).toBe('a');
  });
});
