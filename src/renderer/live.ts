// The page's only event subscription. Each event invalidates the queries that it affects, in batches. A lost connection
// is visible immediately; after a reconnect all queries are refetched.
import type { QueryClient } from '@tanstack/react-query';
import type { JobEvent } from '../shared/job.ts';
import { type Api, isSignedOut } from './api.ts';
import { createLists } from './list-patch.ts';
import { type Touched, touchedBy } from './live-keys.ts';
import { refetch } from './refetch.ts';
import { createStore, type Store } from './store.ts';

/** `connecting`: not connected yet since the page was opened. */
export type LiveState = 'connecting' | 'live' | 'gone';

export interface Live {
  readonly state: Store<LiveState>;
  /** Starts the subscription. @returns a function that ends it. */
  start(): () => void;
  /** Reconnects immediately. */
  retry(): void;
  /** @returns a function that unsubscribes. */
  onEvent(listener: (event: JobEvent) => void): () => void;
}

export interface LiveDeps {
  readonly api: Api;
  readonly queries: QueryClient;
  onSignedOut(): void;
}

/** A renewal emits a dozen events in a row; their queries are refetched once per batch. */
const GATHER_MS = 60;
const AGAIN_MS = 2_000;
/** The page shows the server as unreachable if it does not answer within this time. */
const ASK_MS = 2_000;

export function createLive({ api, queries, onSignedOut }: LiveDeps): Live {
  const state = createStore<LiveState>('connecting');
  const listeners = new Set<(event: JobEvent) => void>();
  let stopped = true;
  let subscription: { unsubscribe(): void } | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let lastEventId: number | undefined;
  let connections = 0;
  let isBack = false;
  const refresh = createRefresher(queries, api);

  /** Answers from before this connection may be stale, and no event reports the changes in between. */
  function connected(): void {
    connections += 1;
    isBack = true;
    const back = connections > 1 || state.get() === 'gone';
    state.set('live');
    void queries.invalidateQueries({ predicate: (query) => back || query.state.data !== undefined });
  }

  /**
   * The end of a stream has no reason: the server may be unreachable, or the session may have ended. Ask the server
   * before the page shows "Offline".
   */
  async function lost(error: unknown): Promise<void> {
    if (stopped) return;
    if (isSignedOut(error)) return onSignedOut();
    const was = subscription;
    const reason = await ask(api).then(
      () => error,
      (failure: unknown) => failure,
    );
    if (stopped || subscription !== was || isBack) return;
    if (isSignedOut(reason)) onSignedOut();
    else state.set('gone');
  }

  function connect(): void {
    clearTimeout(again);
    subscription?.unsubscribe();
    const input = lastEventId === undefined ? {} : { lastEventId };
    subscription = api.jobs.events.subscribe(input, {
      onData({ data }) {
        lastEventId = data.id;
        for (const listener of listeners) listener(data);
        refresh(touchedBy(data));
      },
      onConnectionStateChange(connection) {
        if (connection.state === 'pending') connected();
        else if (connection.state === 'connecting' && connection.error !== null) {
          isBack = false;
          void lost(connection.error);
        }
      },
      // Reached if the response is not an event stream, such as a proxy's 502, or if the subscription is refused.
      onError(error) {
        isBack = false;
        if (!stopped) again = setTimeout(connect, AGAIN_MS);
        void lost(error);
      },
      onStopped() {
        if (!stopped) again = setTimeout(connect, AGAIN_MS);
      },
    });
  }

  return {
    state,
    retry: connect,
    start() {
      stopped = false;
      connect();
      return () => {
        stopped = true;
        clearTimeout(again);
        subscription?.unsubscribe();
        subscription = null;
      };
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @throws the reason why the server cannot answer calls now */
async function ask(api: Api): Promise<void> {
  await api.jobs.list.query({ limit: 1 }, { signal: AbortSignal.timeout(ASK_MS) });
}

function createRefresher(queries: QueryClient, api: Api): (touched: Touched) => void {
  const keys = new Map<string, readonly unknown[]>();
  const rows = new Set<string>();
  const lists = createLists(queries, api);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function run(): void {
    timer = undefined;
    const stale = [...keys.values()];
    const changed = [...rows];
    keys.clear();
    rows.clear();
    for (const queryKey of stale) void refetch(queries, { queryKey });
    void lists.changed(changed);
  }

  return (touched) => {
    for (const key of touched.keys) keys.set(JSON.stringify(key), key);
    if (touched.row !== null) rows.add(touched.row);
    if (timer === undefined) timer = setTimeout(run, GATHER_MS);
  };
}
