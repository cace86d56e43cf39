// The application: providers around the router, or the sign-in page if the user is not signed in.
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { type Api, ApiProvider } from './api.ts';
import { AppContext, type AppContextValue } from './app-context.ts';
import { messages } from './messages.ts';
import type { PageRouter } from './routes.tsx';
import { SignInPage } from './session/sign-in-page.tsx';
import { cssVariables, theme } from './theme.ts';
import { useStore } from './use-store.ts';

export interface AppProps extends AppContextValue {
  readonly api: Api;
  readonly queries: QueryClient;
  readonly router: PageRouter;
}

export function App({ api, queries, router, live, session, proof, server }: AppProps) {
  const state = useStore(session.state);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      {/* A landmark of its own: what stands outside of all is not found by who goes from one to the next. */}
      <section aria-label={messages.shell.notifications}>
        {/* Few and narrow: they stand over what is there, a dialog with its buttons too. */}
        <Notifications
          position="bottom-right"
          autoClose={4000}
          limit={3}
          containerWidth={340}
          withinPortal={false}
        />
      </section>
      <QueryClientProvider client={queries}>
        <ApiProvider trpcClient={api} queryClient={queries}>
          <AppContext value={{ live, session, proof, server }}>
            {state === 'in' ? <RouterProvider router={router} /> : <SignInPage state={state} />}
          </AppContext>
        </ApiProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
