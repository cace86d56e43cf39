// Fetches and caches ACME directories (RFC 8555 section 7.1.1) for all sessions.
import type { AcmeDetails } from '../core/error-details.ts';
import { CertdeskError } from '../core/errors.ts';
import type { AcmeDirectory } from './contract.ts';
import { answerError, unexpectedAnswer } from './problem.ts';
import { quickRetry } from './quick-retry.ts';
import { readDirectory } from './schemas.ts';
import type { Transport } from './transport.ts';

export interface DirectoryCache {
  /** Concurrent callers share one request, which continues if one of them aborts. */
  get(url: string, signal: AbortSignal): Promise<AcmeDirectory>;
  /** Drops a directory after a failure of the CA, which may have moved its endpoints. */
  forget(url: string): void;
}

interface Entry {
  readonly directory: Promise<AcmeDirectory>;
  readonly until: number;
}

const MAX_AGE_MS = 6 * 3_600_000;

/** @param clock Monotonic milliseconds. */
export function createDirectoryCache(
  transport: Transport,
  clock: () => number = () => performance.now(),
): DirectoryCache {
  const entries = new Map<string, Entry>();
  return {
    async get(url, signal) {
      signal.throwIfAborted();
      const cached = entries.get(url);
      if (cached !== undefined && clock() < cached.until) return raceAbort(cached.directory, signal);
      const entry: Entry = {
        directory: quickRetry(() => fetchDirectory(transport, url)),
        until: clock() + MAX_AGE_MS,
      };
      entries.set(url, entry);
      entry.directory.catch(() => {
        if (entries.get(url) === entry) entries.delete(url); // do not cache failures
      });
      return raceAbort(entry.directory, signal);
    },
    forget: (url) => void entries.delete(url),
  };
}

async function fetchDirectory(transport: Transport, url: string): Promise<AcmeDirectory> {
  const response = await transport.send({ method: 'GET', url, directoryUrl: url });
  if (response.status >= 300) {
    const error = answerError(response);
    if (error.code !== 'ACME_REJECTED') throw error;
    const message = `There is no ACME directory at ${url} (HTTP ${response.status}). Check the directory URL.`;
    throw new CertdeskError('ACME_PROTOCOL_ERROR', message, error.details as AcmeDetails);
  }
  const directory = readDirectory(response);
  const { newNonce, newAccount, newOrder, revokeCert = url } = directory;
  const insecure = [newNonce, newAccount, newOrder, revokeCert].some(
    (endpoint) => new URL(endpoint).protocol !== new URL(url).protocol,
  );
  if (insecure) throw unexpectedAnswer(response, 'an ACME directory with https URLs');
  return directory;
}

function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
