// Detects when the machine wakes up, comes online, or its clock jumps, so that missed renewal checks run at once.
import { net, powerMonitor } from 'electron';
import { hasJumped, type Moment } from '../desktop/wake.ts';

/** The check interval, in milliseconds: a renewal check must start within 10 s. */
const LOOK_MS = 2_000;

/** @returns a function that stops the detection */
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
