// The current time as React state, for relative times and running durations.
import { useEffect, useState } from 'react';

/** @param everyMs Update interval in milliseconds; 0 for no updates. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === 0) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
