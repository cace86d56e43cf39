// The page's first act, in a file of its own (electron.vite.config.ts), so that it runs while the rest of the page's
// code is still being read: a one-time link is exchanged, then the overview, where most visits begin, is asked for.
// Both are null in the window of the desktop application.
import type { Overview } from '../../shared/overview.ts';
import { findBridge } from '../window/bridge.ts';
import { createPageSecret } from './page-secret.ts';
import { createSession, type Session } from './session.ts';

const { location, history } = window;
/** For both requests; the page asks again in its own way where one did not come. */
const SLOW_MS = 15_000;

const fetchSoon: typeof fetch = (input, init) =>
  window.fetch(input, { ...init, signal: AbortSignal.timeout(SLOW_MS) });

export const begun: Session | null =
  findBridge(window) === null
    ? createSession({ location, history, fetch: fetchSoon, pageSecret: createPageSecret(window) })
    : null;

/**
 * The answer to overview.get; undefined where there was none, for whatever reason. Null where the page begins at
 * another screen.
 */
export const firstOverview: Promise<Overview | undefined> | null =
  begun !== null && (location.hash === '' || location.hash === '#/') ? askForOverview(begun) : null;

async function askForOverview({ settled, state, browser }: Session): Promise<Overview | undefined> {
  await settled;
  if (state.get() !== 'in') return undefined;
  try {
    const answer = await fetchSoon('trpc/overview.get', { headers: { ...browser?.headers() } });
    return answer.ok ? (await answer.json()).result?.data : undefined;
  } catch {
    return undefined; // the page's own question shows what is wrong
  }
}
