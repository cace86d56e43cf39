// Reports a person's activity, so that the session of somebody who reads or fills in a form does not end as idle. What
// the page does on its own (live events, refreshes, retries) does not count.

/** A report a minute is enough: the shortest idle time is five minutes. */
const REPORT_MS = 60_000;

const EVENTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/** @param isSignedIn Otherwise there is nothing to report. */
export function reportActivity(
  scope: Window,
  { isSignedIn, report }: { isSignedIn(): boolean; report(): Promise<void> },
): void {
  let reportedAt = Date.now(); // opening the page was the last one
  const onActivity = (): void => {
    const now = Date.now();
    // Less than nothing has passed if the clock was set back.
    if (Math.abs(now - reportedAt) < REPORT_MS || !isSignedIn()) return;
    reportedAt = now;
    void report();
  };
  for (const event of EVENTS) scope.addEventListener(event, onActivity, { capture: true, passive: true });
}
