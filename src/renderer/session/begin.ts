// The first code that runs, in a chunk of its own (electron.vite.config.ts), so that its requests start while the rest
// of the code is loading: it exchanges a one-time link, then requests the overview, where most visits begin. Both are
// null in the desktop app's window.
import type { Overview } from '../../shared/overview.ts';
import { findBridge } from '../window/bridge.ts';
import { createPageSecret } from './page-secret.ts';
import { createSession, type Session } from './session.ts';

const { location, history } = window;
/** Timeout of both requests, in ms. The page repeats a failed one in its usual way. */
const SLOW_MS = 15_000;

const fetchSoon: typeof fetch = (input, init) =>
  window.fetch(input, { ...init, signal: AbortSignal.timeout(SLOW_MS) });

export const begun: Session | null =
  findBridge(window) === null
    ? createSession({ location, history, fetch: fetchSoon, pageSecret: createPageSecret(window) })
    : null;

/** The answer to overview.get; undefined if it failed for any reason. Null if the page opens at another screen. */
export const firstOverview: Promise<Overview | undefined> | null =
  begun !== null && (location.hash === '' || location.hash === '#/') ? askForOverview(begun) : null;

async function askForOverview({ settled, state, browser }: Session): Promise<Overview | undefined> {
  await settled;
  if (state.get() !== 'in') return undefined;
  try {
    const answer = await fetchSoon('trpc/overview.get', { headers: { ...browser?.headers() } });
    return answer.ok ? (await answer.json()).result?.data : undefined;
  } catch {
    return undefined; // the page's own request reports the error
  }
}
