// When the machine wakes up, comes online, or its clock has jumped, what was due meanwhile is looked for at once.
import { net, powerMonitor } from 'electron';
import { hasJumped, type Moment } from '../desktop/wake.ts';

/** A sweep is to begin within 10 s. */
const LOOK_MS = 2_000;

/** @returns a function that ends it. */
export function watchWake(onWake: (why: 'resume' | 'online' | 'clock') => void): () => void {
  const onResume = (): void => onWake('resume');
  powerMonitor.on('resume', onResume);
  let online = net.isOnline();
  let before = moment();
  const timer = setInterval(() => {
    const now = moment();
    if (hasJumped(before, now)) onWake('clock');
    before = now;
    const isOnline = net.isOnline();
    if (isOnline && !online) onWake('online');
    online = isOnline;
  }, LOOK_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    powerMonitor.off('resume', onResume);
  };
}

const moment = (): Moment => ({ wall: Date.now(), steady: performance.now() });
