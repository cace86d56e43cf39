// A time-out and an abort for calls that know neither: what they are at goes on, nobody waits for it any longer.

/**
 * What `work` resolves with.
 * @throws `late()` after `timeoutMs`; the signal's reason as soon as it aborts.
 */
export async function within<T>(
  work: Promise<T>,
  { timeoutMs, signal, late }: { readonly timeoutMs: number; readonly signal: AbortSignal; late(): Error },
): Promise<T> {
  work.catch(() => undefined); // nobody may be waiting by then, and a rejection that nobody holds ends the process
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
