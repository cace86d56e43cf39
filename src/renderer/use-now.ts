// The present time as state, so that "in 3 days" and running durations move on.
import { useEffect, useState } from 'react';

/** @param everyMs How often it moves; 0: it stands still. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === 0) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
