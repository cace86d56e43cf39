// Many certificates at once through one running server, ten concurrently, and the processor time of each.
import type { KeyType } from './peers.ts';
import { startWorld } from './world.ts';

export interface ManyRow {
  readonly certificates: number;
  readonly totalMs: number;
  readonly eachMs: number;
  /** Of Certdesk's process, user and system. */
  readonly cpuMsEach: number;
  /** The most memory that the process used meanwhile. */
  readonly peakRssMb: number;
}

export async function measureMany(certificates: number, keyType: KeyType = 'ec'): Promise<ManyRow> {
  const world = await startWorld();
  try {
    const ids: string[] = [];
    for (let n = 0; n < certificates + 10; n += 1) ids.push(await world.project(`many-${n}.certdesk.test`));
    const obtain = (id: string) => world.obtain(id, { challengeType: 'http-01', keyType });
    for (const id of ids.splice(0, 10)) await obtain(id); // the account, and the JIT warm-up
    const before = world.cpuMs();
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, world.rssMb());
    }, 50);
    const began = performance.now();
    await Promise.all(ids.map(obtain)); // the server itself runs ten concurrently
    const totalMs = performance.now() - began;
    clearInterval(watch);
    const cpuMsEach = (world.cpuMs() - before) / certificates;
    return { certificates, totalMs, eachMs: totalMs / certificates, cpuMsEach, peakRssMb: peak };
  } finally {
    await world.stop();
  }
}
