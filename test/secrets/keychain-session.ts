// The program of keychain.spec.ts, in its own process and D-Bus session: one scenario, named by the first argument.
// Prints one line of JSON.
import { createKeychain, keychainProblem } from '../../src/main/secrets/keychain.ts';
import { openSecretStore } from '../../src/main/secrets/open.ts';
import { createVault } from '../../src/main/secrets/vault.ts';

const [scenario = '', folder = ''] = process.argv.slice(2);
const options = { service: 'certdesk:test', timeoutMs: 20_000 };
const store = createKeychain(options);

/** The result of each call: its value, or the code and message of its failure. */
async function outcomes(calls: readonly (() => Promise<unknown>)[]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const call of calls) {
    results.push(
      await call().then(
        (value) => ({ value: value ?? null }),
        (error: unknown) => ({
          code: error instanceof Error && 'code' in error ? error.code : null,
          message: String(error),
        }),
      ),
    );
  }
  return results;
}

async function keep(): Promise<unknown> {
  const value = `ü😀${'x'.repeat(200_000)}`;
  await store.set('a', 'first');
  await store.set('a', 'second');
  await store.set('long', value);
  await createKeychain({ ...options, platform: 'win32' }).set('parts', value.slice(0, 10_000));
  await createKeychain({ ...options, service: 'certdesk:other' }).set('of another', 'x');
  await store.set('gone', 'x');
  await store.delete('gone');
  await store.delete('never there');
  return {
    a: await store.get('a'),
    long: (await store.get('long')) === value,
    parts: (await store.get('parts')) === value.slice(0, 10_000),
    gone: await store.get('gone'),
    otherService: await store.get('of another'),
    names: [...(await store.names())].sort(),
  };
}

async function refuse(): Promise<unknown> {
  const calls = [
    () => store.get('a'),
    () => store.set('a', 'x'),
    () => store.names(),
    () => store.delete('a'),
  ];
  return { outcomes: await outcomes(calls), problem: await keychainProblem(options) };
}

/** On a new data folder, then as a later start finds it; with the vault on top, like the application. */
async function open(): Promise<unknown> {
  const at = { folder, installationId: 'test', keychain: { timeoutMs: 20_000 } };
  const opened = await openSecretStore({ ...at, mode: 'auto', remembered: null });
  let id: string | null = null;
  const keyRecord = {
    get: async () => id,
    set: async (value: string) => {
      id = value;
    },
  };
  const sealed = await createVault({ secrets: opened.store, keyRecord }).seal('private key', 'test');
  const later = await openSecretStore({ ...at, mode: 'auto', remembered: opened.kind });
  return {
    kind: opened.kind,
    reason: opened.reason,
    unsealed: await createVault({ secrets: later.store, keyRecord }).open(sealed, 'test'),
    names: await later.store.names(),
    remembered: await outcomes([
      async () => {
        const keychain = await openSecretStore({ ...at, mode: 'auto', remembered: 'keychain' });
        return keychain.store.get('master-key').then((key) => key !== null);
      },
    ]),
  };
}

/** More calls than Node's pool has threads while the keychain waits for the user; then the file system is used. */
async function hang(): Promise<unknown> {
  const { readFile } = await import('node:fs/promises');
  const quick = createKeychain({ ...options, timeoutMs: 500 });
  const calls = await Promise.all(Array.from({ length: 8 }, () => outcomes([() => quick.get('a')])));
  await readFile(process.execPath);
  return { outcomes: calls.flat() };
}

const scenarios: Record<string, () => Promise<unknown>> = { keep, refuse, open, hang };
const result = await (scenarios[scenario] ?? refuse)();
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
