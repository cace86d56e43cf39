// Stores secrets in the OS keychain: Windows Credential Manager, macOS Keychain, or the Secret Service on Linux.
//
// An entry's account is the percent-encoded name of the secret. Its value is `=` and the secret, or `#<set>#<count>` if
// the secret exceeds the platform's limit: the parts are then in the entries `<account>#<set>#<0 … count-1>`, as
// base64url. The entry itself is written last, so after a crash either the old or the new secret is complete.
import { randomBytes } from 'node:crypto';
import { CertdeskError } from '../engine/core/errors.ts';
import type { SecretStore } from '../engine/core/ports.ts';
import { createKeychainCalls, type KeychainCalls } from './keychain-calls.ts';

export interface KeychainOptions {
  /** `certdesk:<installation id>`, so that two data folders on one machine do not share a master key. */
  readonly service: string;
  /** Default: the platform of this process. */
  readonly platform?: NodeJS.Platform;
  /** The timeout of each call, in milliseconds; default: 10,000. */
  readonly timeoutMs?: number;
  /** Replaces the real keychain in tests. */
  readonly calls?: KeychainCalls;
}

/** On Windows, CRED_MAX_CREDENTIAL_BLOB_SIZE is 5 * 512 bytes, and values are stored as UTF-16. */
const WINDOWS_MAX_LENGTH = 1280;
/** Other platforms have no known limit (200,000 characters worked on Linux); this one keeps D-Bus messages small. */
const MAX_LENGTH = 65_536;
const PROBE = '#probe'; // cannot collide: accounts of secrets encode `#`
const TIMEOUT_MS = 10_000;

/** Creates a SecretStore in the keychain. It calls the keychain only on first use. */
export function createKeychain(options: KeychainOptions): SecretStore {
  const { service, platform = process.platform, timeoutMs = TIMEOUT_MS } = options;
  const calls = options.calls ?? createKeychainCalls(service, timeoutMs);
  const maxLength = platform === 'win32' ? WINDOWS_MAX_LENGTH : MAX_LENGTH;
  let lastWrite: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const write = lastWrite.then(work);
    lastWrite = write.catch(() => undefined);
    return write;
  };
  /** A keyring that was never unlocked reports every entry as missing, but a write to it fails. */
  const confirmAbsence = async (): Promise<void> => {
    if (platform !== 'win32' && platform !== 'darwin') await probe(calls);
  };

  return {
    kind: 'keychain',
    async get(name) {
      const value = await read(calls, encodeURIComponent(name));
      if (value === null) await confirmAbsence();
      return value;
    },
    set: (name, value) => inTurn(() => write(calls, encodeURIComponent(name), { value, maxLength })),
    delete: (name) =>
      inTurn(async () => {
        const account = encodeURIComponent(name);
        if (!(await calls.delete(account))) await confirmAbsence();
        for (const part of await calls.accounts()) {
          if (part.startsWith(`${account}#`)) await calls.delete(part);
        }
      }),
    async names() {
      const accounts = await calls.accounts();
      if (accounts.length === 0) await confirmAbsence();
      return accounts.filter((account) => !account.includes('#')).map(decodeURIComponent);
    },
  };
}

/**
 * Checks that the keychain can be written and read. The test entry stays, so that two processes can check at once.
 * @returns null if it works, else a sentence that says why not
 */
export async function keychainProblem(options: KeychainOptions): Promise<string | null> {
  try {
    await probe(options.calls ?? createKeychainCalls(options.service, options.timeoutMs ?? TIMEOUT_MS));
    return null;
  } catch (error) {
    if (error instanceof CertdeskError) return error.message;
    throw error;
  }
}

async function probe(calls: KeychainCalls): Promise<void> {
  await calls.set(PROBE, PROBE);
  if ((await calls.get(PROBE)) === PROBE) return;
  throw new CertdeskError(
    'SECRET_STORE_UNAVAILABLE',
    'The OS keychain does not store what is written to it. Check that it is unlocked.',
  );
}

async function read(calls: KeychainCalls, account: string): Promise<string | null> {
  for (const attempt of ['first', 'second']) {
    const entry = await calls.get(account);
    if (entry === null) return null;
    if (entry.startsWith('=')) return entry.slice(1);
    const whole = await readParts(calls, account, entry);
    if (whole !== null) return whole;
    // Another process may have replaced the secret between the two reads; the second attempt then finds the new one.
    if (attempt === 'second') break;
  }
  throw new CertdeskError(
    'SECRET_STORE_UNAVAILABLE',
    `The entry ${account} in the OS keychain is damaged: parts of it are missing. Store the secret again.`,
  );
}

async function readParts(calls: KeychainCalls, account: string, entry: string): Promise<string | null> {
  const parts: string[] = [];
  for (const partAccount of partsOf(account, entry)) {
    const part = await calls.get(partAccount);
    if (part === null) return null;
    parts.push(part);
  }
  return parts.length === 0 ? null : Buffer.from(parts.join(''), 'base64url').toString('utf8');
}

/** @returns the accounts of an entry's parts; none if the entry contains the secret itself */
function partsOf(account: string, entry: string): readonly string[] {
  const [, set, count] = /^#([0-9a-f]+)#(\d{1,5})$/.exec(entry) ?? [];
  return Array.from({ length: Number(count ?? 0) }, (_, i) => `${account}#${set}#${i}`);
}

async function write(
  calls: KeychainCalls,
  account: string,
  { value, maxLength }: { value: string; maxLength: number },
): Promise<void> {
  const before = await calls.get(account);
  if (value.length < maxLength) {
    await calls.set(account, `=${value}`);
  } else {
    const encoded = Buffer.from(value, 'utf8').toString('base64url');
    const count = Math.ceil(encoded.length / maxLength);
    const entry = `#${randomBytes(4).toString('hex')}#${count}`;
    for (const [i, part] of partsOf(account, entry).entries()) {
      await calls.set(part, encoded.slice(i * maxLength, (i + 1) * maxLength));
    }
    await calls.set(account, entry);
  }
  for (const part of partsOf(account, before ?? '')) await calls.delete(part);
}
