import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CertdeskError } from '../../src/main/engine/core/errors.ts';
import type { KeychainCalls } from '../../src/main/secrets/keychain-calls.ts';
import { type OpenSecretStoreOptions, openSecretStore } from '../../src/main/secrets/open.ts';

let folder: string;
let entries: Map<string, string>;
let working: boolean;
let asked: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-open-'));
  entries = new Map();
  working = true;
  asked = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const check = async (): Promise<void> => {
  asked += 1;
  if (!working)
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      'The OS keychain is locked. Unlock it, then try again.',
    );
};
const calls: KeychainCalls = {
  get: (account) => check().then(() => entries.get(account) ?? null),
  set: (account, value) => check().then(() => void entries.set(account, value)),
  delete: (account) => check().then(() => entries.delete(account)),
  accounts: () => check().then(() => [...entries.keys()]),
};

const open = (options: Pick<OpenSecretStoreOptions, 'mode' | 'remembered'>) =>
  openSecretStore({ ...options, folder, installationId: 'id', keychain: { calls, platform: 'linux' } });

describe('a new data folder', () => {
  test('uses the keychain if it works', async () => {
    const { store, kind, reason } = await open({ mode: 'auto', remembered: null });
    expect([kind, store.kind]).toEqual(['keychain', 'keychain']);
    expect(reason).toBe('Secrets are stored in the OS keychain.');
    await store.set('a', 'x');
    expect(entries.get('a')).toBe('=x');
  });

  test('uses the sealed file otherwise, and says why in one sentence', async () => {
    working = false;
    const { store, kind, reason } = await open({ mode: 'auto', remembered: null });
    expect([kind, store.kind]).toEqual(['sealed-file', 'sealed-file']);
    expect(reason).toBe(
      `Secrets are stored in an encrypted file in ${folder} (keep its secrets.key private), ` +
        'for the OS keychain cannot be used: The OS keychain is locked.',
    );
    await store.set('a', 'x');
    expect(await store.get('a')).toBe('x');
  });

  test('uses the sealed file directly if it is configured', async () => {
    const { kind, reason } = await open({ mode: 'sealed-file', remembered: null });
    expect(kind).toBe('sealed-file');
    expect(reason).toMatch(/as configured\.$/);
    expect(asked).toBe(0);
  });

  test('uses only the keychain if that is configured, even if it does not work now', async () => {
    working = false;
    const { store, kind, reason } = await open({ mode: 'keychain', remembered: null });
    expect(kind).toBe('keychain');
    expect(reason).toMatch(/as configured, but it cannot be used now: The OS keychain is locked\.$/);
    await expect(store.get('a')).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' });
    working = true;
    expect(await store.get('a')).toBeNull();
  });
});

describe('an existing data folder', () => {
  test.each(['auto', 'keychain'] as const)(
    'of the keychain opens at once and waits for it (%s)',
    async (mode) => {
      working = false;
      const { store, kind } = await open({ mode, remembered: 'keychain' });
      expect(kind).toBe('keychain');
      expect(asked).toBe(0);
      await expect(store.get('a')).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' });
    },
  );

  test.each(['auto', 'sealed-file'] as const)('of the sealed file stays with it (%s)', async (mode) => {
    const { kind } = await open({ mode, remembered: 'sealed-file' });
    expect(kind).toBe('sealed-file');
    expect(asked).toBe(0);
  });

  test.each([
    ['keychain', 'sealed-file'],
    ['sealed-file', 'keychain'],
  ] as const)('of the kind %s refuses %s and says what would be lost', async (remembered, mode) => {
    await expect(open({ mode, remembered })).rejects.toMatchObject({
      code: 'SECRET_STORE_UNAVAILABLE',
      message: expect.stringMatching(`--secret-store ${mode} it would lose every private key`),
    });
  });
});
