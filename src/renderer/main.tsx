// The page's beginning: everything is made once here and handed in.
import './zod-without-eval.ts';
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './style.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createApi, createHttpTransport } from './api.ts';
import { App } from './app.tsx';
import { createLive } from './live.ts';
import { createQueryClient } from './query-client.ts';
import { createPageRouter } from './routes.tsx';
import { createSession } from './session/session.ts';

const root = document.getElementById('root');
if (root !== null) {
  const { location, history } = window;
  const session = createSession({ location, history, fetch: window.fetch.bind(window) });
  const api = createApi(createHttpTransport('trpc'));
  const queries = createQueryClient(session.ended);
  const live = createLive({ api, queries, onSignedOut: session.ended });
  const router = createPageRouter();
  createRoot(root).render(
    <StrictMode>
      <App api={api} queries={queries} router={router} live={live} session={session} />
    </StrictMode>,
  );
}
