// The page's beginning: everything is made once here and handed in. In the Electron window it talks by IPC, in a
// browser by HTTP; nothing else differs.
import { begun } from './session/begin.ts';
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './style.css';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Bridge } from '../shared/ipc.ts';
import { createApi, createHttpTransport, type Transport } from './api.ts';
import { App } from './app.tsx';
import { createLive, type Live } from './live.ts';
import { prefetchOverview } from './overview/prefetch.ts';
import { createQueryClient } from './query-client.ts';
import { createPageRouter } from './routes.tsx';
import { createWindowSession, type Session, type SessionState } from './session/session.ts';
import type { Store } from './store.ts';
import { findBridge } from './window/bridge.ts';
import { createIpcTransport } from './window/ipc-link.ts';
import { StartProblemPage } from './window/start-problem-page.tsx';

const root = document.getElementById('root');
if (root !== null) {
  const bridge = findBridge(window);
  const show = (page: ReactNode) => createRoot(root).render(<StrictMode>{page}</StrictMode>);
  if (begun !== null) void inBrowser(begun).then(show);
  else if (bridge !== null) void inWindow(bridge).then(show);
}

/** How long a sign-in link is waited for before the page says that it signs in; ms. */
const SIGN_IN_PATIENCE_MS = 400;

async function inBrowser(session: Session): Promise<ReactNode> {
  // Most often the answer is there before a first picture would be: one that is replaced at once is not drawn.
  await Promise.race([
    session.settled,
    new Promise((resolve) => void setTimeout(resolve, SIGN_IN_PATIENCE_MS)),
  ]);
  return page(createHttpTransport('trpc'), session, window.location.origin);
}

async function inWindow(bridge: Bridge): Promise<ReactNode> {
  const start = await bridge.start();
  if (start.state === 'failed') return <StartProblemPage problem={start.problem} act={bridge.act} />;
  return page(createIpcTransport(bridge), createWindowSession(), start.address);
}

/** @param server Where the REST API is, for scripts and its documentation. */
function page(transport: Transport, session: Session, server: string): ReactNode {
  const api = createApi(transport);
  const queries = createQueryClient(session.ended);
  const live = createLive({ api, queries, onSignedOut: session.ended });
  const router = createPageRouter();
  follow(session.state, live);
  // The answer is under way while the page is drawn.
  if (session.state.get() === 'in' && router.latestLocation.pathname === '/') prefetchOverview(api, queries);
  return <App api={api} queries={queries} router={router} live={live} session={session} server={server} />;
}

/** Events are listened to while somebody is signed in: from before the first question, so that none falls between. */
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
