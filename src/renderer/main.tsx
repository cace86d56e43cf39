// The entry point of the page: creates every long-lived object once and passes it down. The Electron window uses IPC
// instead of HTTP; nothing else differs.
import { begun, firstOverview } from './session/begin.ts';
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './style.css';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Bridge } from '../shared/ipc.ts';
import { createApi, createHttpTransport, serverAddress, type Transport } from './api.ts';
import { App } from './app.tsx';
import { createLive, type Live } from './live.ts';
import { type FirstOverview, prefetchOverview } from './overview/prefetch.ts';
import { createQueryClient } from './query-client.ts';
import { createPageRouter } from './routes.tsx';
import { reportActivity } from './session/activity.ts';
import { createProof, type Proof, watchProof, withProof } from './session/proof.ts';
import { createWindowSession, type Session, type SessionState } from './session/session.ts';
import type { Store } from './store.ts';
import { findBridge } from './window/bridge.ts';
import { createIpcTransport } from './window/ipc-link.ts';
import { StartProblemPage } from './window/start-problem-page.tsx';

/** How long to wait for the first answers before a loading state is shown, in ms. */
const SLOW_MS = 400;

const root = document.getElementById('root');
if (root !== null) {
  const bridge = findBridge(window);
  const show = (page: ReactNode) => createRoot(root).render(<StrictMode>{page}</StrictMode>);
  if (begun !== null) void inBrowser(begun).then(show);
  else if (bridge !== null) void inWindow(bridge).then(show);
}

async function inBrowser(session: Session): Promise<ReactNode> {
  // Usually the answers arrive before the first paint, so no loading state flashes.
  const [, now] = await Promise.race([
    Promise.all([session.settled, firstOverview]),
    new Promise<readonly []>((resolve) => void setTimeout(resolve, SLOW_MS, [])),
  ]);
  const first = { now: now ?? undefined, soon: firstOverview };
  const headers = () => session.browser?.headers() ?? {};
  const proof = createProof(window);
  return page(withProof(createHttpTransport('trpc', headers), proof), session, {
    proof,
    server: serverAddress(window.location.href),
    first,
  });
}

async function inWindow(bridge: Bridge): Promise<ReactNode> {
  const start = await bridge.start();
  if (start.state === 'failed') return <StartProblemPage problem={start.problem} act={bridge.act} />;
  // The Electron main process requests a fresh proof itself (main/electron/window-proof.ts).
  return page(createIpcTransport(bridge), createWindowSession(), {
    proof: createProof(window),
    server: start.address,
    first: { now: undefined, soon: null },
  });
}

interface Start {
  readonly proof: Proof;
  /** Base URL of the REST API, for the API examples and the link to its documentation. */
  readonly server: string;
  readonly first: FirstOverview;
}

async function page(
  transport: Transport,
  session: Session,
  { proof, server, first }: Start,
): Promise<ReactNode> {
  const api = createApi(transport);
  const queries = createQueryClient(session.ended);
  const live = createLive({ api, queries, onSignedOut: session.ended });
  const router = createPageRouter();
  follow(session.state, live);
  watchActivity(session);
  watchProof(proof, { live, api });
  session.state.subscribe(() => {
    if (session.state.get() !== 'in') proof.settle(false);
  });
  if (session.state.get() === 'in' && router.latestLocation.pathname === '/') {
    prefetchOverview(api, queries, first);
    await router.load(); // otherwise the frame is painted before its screen
  }
  return (
    <App
      api={api}
      queries={queries}
      router={router}
      live={live}
      session={session}
      proof={proof}
      server={server}
    />
  );
}

function watchActivity({ state, browser }: Session): void {
  if (browser === null) return;
  reportActivity(window, { isSignedIn: () => state.get() === 'in', report: browser.noteActivity });
}

/** Subscribes to events while signed in, starting before the first query, so that no change is missed in between. */
function follow(state: Store<SessionState>, live: Live): void {
  let stop: (() => void) | null = null;
  const turn = (): void => {
    if ((state.get() === 'in') === (stop !== null)) return;
    if (stop === null) stop = live.start();
    else {
      stop();
      stop = null;
    }
  };
  state.subscribe(turn);
  turn();
}
