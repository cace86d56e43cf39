// How long the event loop of this thread stands still while something is done.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Blocked {
  /**
   * The longest time that nothing else could run, in milliseconds; no more than the processor time of this thread, since
   * a thread that had to wait for the processor did not stand still by its own doing.
   */
  readonly ms: number;
  /** How much more memory the process had at the end than before, at most, in MiB (looked at each 20 ms). */
  readonly mib: number;
}

/** The outcome of `work` does not matter; it ends when `work` has ended. */
export async function measureBlocked(work: () => Promise<unknown>): Promise<Blocked> {
  globalThis.gc?.();
  await sleep(30);
  const before = process.memoryUsage.rss();
  let most = before;
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  const histogram = monitorEventLoopDelay({ resolution: 5 });
  histogram.enable();
  const started = process.threadCpuUsage();
  await sleep(30);
  await work().catch(() => undefined);
  const { user, system } = process.threadCpuUsage(started);
  await sleep(30);
  histogram.disable();
  clearInterval(look);
  most = Math.max(most, process.memoryUsage.rss());
  return { ms: Math.min(histogram.max / 1e6, (user + system) / 1e3), mib: (most - before) / 1024 / 1024 };
}

/** How late the event loop is where nothing is done, five times, in milliseconds: the machine's own share. */
export async function measureIdle(): Promise<readonly number[]> {
  const late: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const histogram = monitorEventLoopDelay({ resolution: 5 });
    histogram.enable();
    await sleep(200);
    histogram.disable();
    late.push(histogram.max / 1e6);
  }
  return late;
}
