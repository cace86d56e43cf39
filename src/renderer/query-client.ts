// TanStack Query as this page uses it: the live subscription tells what is stale, so nothing is asked for twice.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { failureOf, isSignedOut } from './api.ts';

/** @param onSignedOut Called where an answer says that the session has ended. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown): void => {
    if (isSignedOut(error)) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // The server is on this machine or near: a browser that thinks it is offline may still reach it.
        networkMode: 'always',
        staleTime: 30_000,
        // A refusal stays one; a lost connection is tried once more, then the banner tells and the live link mends it.
        retry: (count, error) => count < 1 && failureOf(error).kind === 'unreachable',
        retryDelay: 400,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
