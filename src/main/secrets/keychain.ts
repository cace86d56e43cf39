// The secret store in the OS keychain: Windows Credential Manager, macOS Keychain, the Secret Service on Linux.
//
// An entry's account is the secret's name, percent-encoded. Its value is `=` and the secret, or, where that is longer
// than the platform holds, `#<set>#<count>`: the secret then is in the entries `<account>#<set>#<0 … count-1>`, as
// base64url. The entry itself is written last, so a crash leaves the old secret or the new one, whole.
import { randomBytes } from 'node:crypto';
import { CertdeskError } from '../engine/core/errors.ts';
import type { SecretStore } from '../engine/core/ports.ts';
import { createKeychainCalls, type KeychainCalls } from './keychain-calls.ts';

export interface KeychainOptions {
  /** `certdesk:<installation id>`: two data folders on one machine must not share a master key. */
  readonly service: string;
  /** Where left out, the platform that this runs on. */
  readonly platform?: NodeJS.Platform;
  /** Of each call to the keychain; 10 s where left out. */
  readonly timeoutMs?: number;
  /** In place of the real keychain, for tests. */
  readonly calls?: KeychainCalls;
}

/** CRED_MAX_CREDENTIAL_BLOB_SIZE of Windows is 5 * 512 bytes, and values are kept there as UTF-16. */
const WINDOWS_MAX_LENGTH = 1280;
/** No limit is known elsewhere (200,000 characters tried on Linux); this one keeps a message on D-Bus small. */
const MAX_LENGTH = 65_536;
const PROBE = '#probe'; // no secret's account holds a bare `#`
const TIMEOUT_MS = 10_000;

/** A SecretStore in the keychain. Nothing is called before its first use. */
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
  /** A keyring that was never unlocked says of everything that it is not there; it cannot be written, though. */
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
 * Null where the keychain can be written and read, else why not, in a sentence. It writes an entry that stays, so
 * that two processes can ask at the same time.
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
    // Another process may have replaced it between the entry and its parts: then the second attempt finds the new.
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

/** The accounts of an entry's parts; none where it holds the secret itself. */
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
