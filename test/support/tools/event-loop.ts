// How long the event loop of this thread is blocked during some work.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Blocked {
  /**
   * The longest time in which nothing else could run, in milliseconds; at most the processor time of this thread,
   * because waiting for the processor does not count as blocking.
   */
  readonly ms: number;
  /** The most memory that the process used in addition, in MiB (sampled every 20 ms). */
  readonly mib: number;
}

/** The result of `work` does not matter; resolves when `work` has ended. */
export async function measureBlocked(work: () => Promise<unknown>): Promise<Blocked> {
  globalThis.gc?.();
  await sleep(30);
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
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
  clearInterval(timer);
  most = Math.max(most, process.memoryUsage.rss());
  return { ms: Math.min(histogram.max / 1e6, (user + system) / 1e3), mib: (most - before) / 1024 / 1024 };
}

/** The delay of an idle event loop, five times, in milliseconds: the machine's own share. */
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
