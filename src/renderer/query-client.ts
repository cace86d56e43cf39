// TanStack Query's settings for this page: the live subscription invalidates queries, so they do not go stale with
// time.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { failureOf, isSignedOut } from './api.ts';

/** @param onSignedOut Called when an answer says that the session has ended. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown): void => {
    if (isSignedOut(error)) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // The server is usually on this machine or network: it may be reachable although the browser reports that it is
        // offline.
        networkMode: 'always',
        staleTime: 30_000,
        // A refusal is final. A network error is retried once; after that the banner shows it and the live connection
        // recovers.
        retry: (count, error) => count < 1 && failureOf(error).kind === 'unreachable',
        retryDelay: 400,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
