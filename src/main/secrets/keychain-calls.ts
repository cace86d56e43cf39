// Calls the OS keychain: one call at a time, each with a timeout, with failures as sentences for users. keychain.ts
// defines the format of the values.
import { CertdeskError } from '../engine/core/errors.ts';

/** Accesses the entries of one service. For a missing entry, `get` returns null and `delete` returns false. */
export interface KeychainCalls {
  get(account: string): Promise<string | null>;
  set(account: string, value: string): Promise<void>;
  delete(account: string): Promise<boolean>;
  accounts(): Promise<readonly string[]>;
}

type Keyring = typeof import('@napi-rs/keyring');

/** Excludes the kernel keyring, the fallback of @napi-rs/keyring, which is empty after a reboot. */
const SECRET_SERVICE = { linux: { store: 'secret-service' } } as const;

/**
 * Every call rejects with SECRET_STORE_UNAVAILABLE after `timeoutMs`, although the keychain may still wait for the user
 * to unlock it. Later calls wait for that one and time out, too. So at most one thread of Node's pool hangs; four would
 * block all file access. For Windows, macOS and Linux (Secret Service).
 */
export function createKeychainCalls(service: string, timeoutMs: number): KeychainCalls {
  let keyring: Promise<Keyring> | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const call = <T>(work: (keyring: Keyring) => Promise<T>): Promise<T> => {
    let waiting = true;
    const result = last.then(async () => {
      if (!waiting) throw new Error('cancelled before it started');
      keyring ??= import('@napi-rs/keyring'); // loaded late, so that an unsupported platform fails on use, not at startup
      return work(await keyring);
    });
    last = result.catch(() => undefined);
    return within(result, timeoutMs).finally(() => {
      waiting = false;
    });
  };

  return {
    get: (account) =>
      call(async ({ AsyncEntry }) => {
        const value = await new AsyncEntry(service, account, SECRET_SERVICE).getPassword();
        return value ?? null;
      }),
    set: (account, value) =>
      call(({ AsyncEntry }) => new AsyncEntry(service, account, SECRET_SERVICE).setPassword(value)),
    delete: (account) =>
      call(({ AsyncEntry }) => new AsyncEntry(service, account, SECRET_SERVICE).deletePassword()),
    accounts: () =>
      call(async ({ findCredentialsAsync }) =>
        (await findCredentialsAsync(service)).map((credential) => credential.account),
      ),
  };
}

async function within<T>(result: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      dieWith(result);
      reject(
        new CertdeskError(
          'SECRET_STORE_UNAVAILABLE',
          `The OS keychain did not answer within ${timeoutMs / 1000} s. ` +
            'It may be locked: find its window, unlock it, then try again.',
        ),
      );
    }, timeoutMs);
  });
  try {
    return await Promise.race([result.catch(explain), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Until the overdue call returns, the process exits by SIGKILL: at exit, Node joins its threads and would wait for the
 * one that waits for the user (25 s and more). At 'exit', everything is already closed and written.
 */
function dieWith(overdue: Promise<unknown>): void {
  const kill = (): void => void process.kill(process.pid, 'SIGKILL');
  process.once('exit', kill);
  const settled = (): void => void process.removeListener('exit', kill);
  overdue.then(settled, settled);
}

/** Translates errors of the native library, as observed on Linux (gnome-keyring 42), to sentences with advice. */
function explain(error: unknown): never {
  const text = String(error);
  if (/no result found|prompt was dismissed|locked/i.test(text)) {
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      'The OS keychain is locked. Unlock it (log in to the desktop, or unlock its login keyring), then try again.',
      undefined,
      { cause: error },
    );
  }
  if (/\b[dz]-?bus\b/i.test(text)) {
    throw new CertdeskError(
      'SECRET_STORE_UNAVAILABLE',
      'No keychain answers on D-Bus: there is no Secret Service (GNOME Keyring, KWallet, KeePassXC) in this session. ' +
        'Start it, then try again; a new data folder can use --secret-store sealed-file instead.',
      undefined,
      { cause: error },
    );
  }
  throw new CertdeskError(
    'SECRET_STORE_UNAVAILABLE',
    'The OS keychain refuses access; see the log. A new data folder can use --secret-store sealed-file.',
    undefined,
    { cause: error },
  );
}
