// Adds a time-out and an abort signal to calls that support neither. The call itself continues in the background.

/**
 * Waits for `work`.
 * @throws `late()` after `timeoutMs`; the signal's reason when it aborts
 */
export async function within<T>(
  work: Promise<T>,
  { timeoutMs, signal, late }: { readonly timeoutMs: number; readonly signal: AbortSignal; late(): Error },
): Promise<T> {
  work.catch(() => undefined); // a rejection after the time-out would be unhandled, which ends the process
  signal.throwIfAborted();
  const ended = Promise.withResolvers<never>();
  const abort = () => ended.reject(signal.reason);
  const timer = setTimeout(() => ended.reject(late()), timeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
