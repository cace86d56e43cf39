// Reports user activity, so that the session does not end as idle while a user reads or fills in a form. The page's own
// requests (live events, refetches, retries) do not count.

/** One report per minute suffices: the shortest idle timeout is five minutes. */
const REPORT_MS = 60_000;

const EVENTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/** @param isSignedIn Nothing is reported while signed out. */
export function reportActivity(
  scope: Window,
  { isSignedIn, report }: { isSignedIn(): boolean; report(): Promise<void> },
): void {
  let reportedAt = Date.now(); // opening the page counts as activity
  const onActivity = (): void => {
    const now = Date.now();
    // Negative if the clock was set back.
    if (Math.abs(now - reportedAt) < REPORT_MS || !isSignedIn()) return;
    reportedAt = now;
    void report();
  };
  for (const event of EVENTS) scope.addEventListener(event, onActivity, { capture: true, passive: true });
}
