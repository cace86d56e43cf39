// The page's beginning: everything is made once here and handed in. In the Electron window it talks by IPC, in a
// browser by HTTP; nothing else differs.
import './zod-without-eval.ts';
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './style.css';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Bridge } from '../shared/ipc.ts';
import { createApi, createHttpTransport, type Transport } from './api.ts';
import { App } from './app.tsx';
import { createLive } from './live.ts';
import { createQueryClient } from './query-client.ts';
import { createPageRouter } from './routes.tsx';
import { createSession, createWindowSession, type Session } from './session/session.ts';
import { findBridge } from './window/bridge.ts';
import { createIpcTransport } from './window/ipc-link.ts';
import { StartProblemPage } from './window/start-problem-page.tsx';

const root = document.getElementById('root');
if (root !== null) {
  const bridge = findBridge(window);
  const show = (page: ReactNode) => createRoot(root).render(<StrictMode>{page}</StrictMode>);
  if (bridge === null) show(inBrowser());
  else void inWindow(bridge).then(show);
}

function inBrowser(): ReactNode {
  const { location, history } = window;
  const session = createSession({ location, history, fetch: window.fetch.bind(window) });
  return page(createHttpTransport('trpc'), session, location.origin);
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
  return <App api={api} queries={queries} router={router} live={live} session={session} server={server} />;
}
