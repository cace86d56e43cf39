// Whether the server works, asked every few seconds.
import { useEffect, useState } from 'react';

export type HealthState = 'asking' | 'well' | 'unwell' | 'gone';

const EVERY_MS = 5_000;

export function useHealth(): HealthState {
  const [state, setState] = useState<HealthState>('asking');
  useEffect(() => {
    const controller = new AbortController();
    const ask = async () => {
      const next = await readHealth(controller.signal);
      if (!controller.signal.aborted) setState(next);
    };
    void ask();
    const timer = setInterval(ask, EVERY_MS);
    return () => {
      controller.abort();
      clearInterval(timer);
    };
  }, []);
  return state;
}

async function readHealth(signal: AbortSignal): Promise<HealthState> {
  try {
    const answer = await fetch('/api/v1/health', { signal });
    const { ok } = (await answer.json()) as { ok?: boolean };
    return ok === true ? 'well' : 'unwell';
  } catch {
    return 'gone';
  }
}
