// Serves tRPC over IPC: runs calls and subscriptions of windows with tRPC's public functions, as its HTTP adapters do.
// The calls of a window are aborted when it navigates, crashes or is destroyed.
import { callTRPCProcedure, getErrorShape, getTRPCErrorFromUnknown, isTrackedEnvelope } from '@trpc/server';
import type { WebContents } from 'electron';
import { z } from 'zod';
import type { IpcEvent, IpcRequest, IpcResult } from '../../shared/ipc.ts';
import type { Context } from '../api/context.ts';
import { type AppRouter, appRouter } from '../api/router.ts';
import { toFailure } from '../api/trpc.ts';

export interface TrpcCallsOptions {
  readonly router?: AppRouter;
  /** The context of every call. */
  context(): Context;
  /** Asks the user for the fresh proof that a call needs. @param action A short description of the operation. */
  askProof(action: string): Promise<boolean>;
  /** Reports an internal error, for the log. */
  onUnexpected(cause: Error, path: string): void;
}

export interface TrpcCalls {
  /** Never rejects; a failure is part of the result. @param given The request before validation. */
  call(sender: WebContents, given: unknown): Promise<IpcResult>;
  /** Sends events to the listener until the call ends or is aborted. */
  subscribe(sender: WebContents, given: unknown, send: (event: IpcEvent) => void): Promise<void>;
  abort(sender: WebContents, id: unknown): void;
  /** Aborts all calls. */
  stop(): void;
}

const RequestSchema = z.strictObject({
  id: z.int().min(0),
  type: z.enum(['query', 'mutation', 'subscription']),
  path: z.string().min(1).max(200),
  input: z.unknown().optional(),
});

export function createTrpcCalls(options: TrpcCallsOptions): TrpcCalls {
  const { router = appRouter } = options;
  const running = createRunning();

  const runOnce = ({ path, type, input }: IpcRequest, signal: AbortSignal): Promise<unknown> =>
    callTRPCProcedure({
      router,
      path,
      type,
      signal,
      batchIndex: 0,
      ctx: options.context(),
      getRawInput: async () => input,
    });

  /** If a call needs a fresh proof, asks for it and repeats the call. */
  async function run(request: IpcRequest, signal: AbortSignal): Promise<unknown> {
    try {
      return await runOnce(request, signal);
    } catch (cause) {
      const { code } = toFailure(getTRPCErrorFromUnknown(cause));
      if (code !== 'PROOF_REQUIRED' || !(await options.askProof(actionOf(router, request.path)))) throw cause;
      return runOnce(request, signal);
    }
  }

  function shape(cause: unknown, { path, type, input }: IpcRequest): unknown {
    const error = getTRPCErrorFromUnknown(cause);
    const failure = toFailure(error);
    if (failure.entry.status >= 500) options.onUnexpected(toError(failure.cause) ?? failure, path);
    return getErrorShape({ config: router._def._config, error, type, path, input, ctx: undefined });
  }

  async function follow(request: IpcRequest, signal: AbortSignal, send: (event: IpcEvent) => void) {
    const { id } = request;
    try {
      const values = (await run(request, signal)) as AsyncIterable<unknown>;
      const iterator = values[Symbol.asyncIterator]();
      const aborted = whenAborted(signal);
      send({ id, kind: 'started' });
      for (;;) {
        const next = await Promise.race([iterator.next(), aborted]);
        if (next === null) {
          // Not awaited, because the iterator may wait for a value that never comes.
          void iterator.return?.().catch(() => undefined);
          break;
        }
        if (next.done === true) break;
        send({ id, kind: 'data', data: payloadOf(next.value) });
      }
      send({ id, kind: 'stopped' });
    } catch (cause) {
      if (!signal.aborted) send({ id, kind: 'error', error: shape(cause, request) });
    }
  }

  return {
    async call(sender, given) {
      const request = readRequest(given);
      const { signal, end } = running.begin(sender, request.id);
      try {
        return { ok: true, data: await run(request, signal) };
      } catch (cause) {
        return { ok: false, error: shape(cause, request) };
      } finally {
        end();
      }
    },
    async subscribe(sender, given, send) {
      const request = { ...readRequest(given), type: 'subscription' as const };
      const { signal, end } = running.begin(sender, request.id);
      await follow(request, signal, send).finally(end);
    },
    abort: (sender, id) => running.abort(sender, id),
    stop: () => running.abortAll(),
  };
}

/** @returns the operation's own summary; no part of the text comes from the page */
function actionOf(router: AppRouter, path: string): string {
  const procedures = router._def.procedures as unknown as Readonly<Record<string, unknown>>;
  return Object(procedures[path])._def.meta.rest?.summary ?? path;
}

/** Turns an invalid request into a call without a path, which tRPC rejects in its own format. */
function readRequest(given: unknown): IpcRequest {
  const read = RequestSchema.safeParse(given);
  return read.success
    ? { ...read.data, input: read.data.input }
    : { id: 0, type: 'query', path: 'not-well-formed', input: undefined };
}

const toError = (cause: unknown): Error | null => (cause instanceof Error ? cause : null);

/** Converts tracked values to the format that tRPC's client expects from a link, with their ID. */
function payloadOf(value: unknown): unknown {
  return isTrackedEnvelope(value) ? { id: value[0], data: value[1] } : value;
}

function whenAborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

/** Tracks the running calls of each window. */
function createRunning() {
  const calls = new Map<WebContents, Map<number, AbortController>>();

  function of(sender: WebContents): Map<number, AbortController> {
    const known = calls.get(sender);
    if (known !== undefined) return known;
    const own = new Map<number, AbortController>();
    calls.set(sender, own);
    const abortOwn = () => {
      for (const call of own.values()) call.abort();
    };
    sender.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) abortOwn();
    });
    sender.on('render-process-gone', abortOwn);
    sender.once('destroyed', () => {
      abortOwn();
      calls.delete(sender);
    });
    return own;
  }

  return {
    begin(sender: WebContents, id: number) {
      const own = of(sender);
      own.get(id)?.abort(); // a reloaded page numbers its calls from the start
      const controller = new AbortController();
      own.set(id, controller);
      const end = () => {
        if (own.get(id) === controller) own.delete(id);
      };
      return { signal: controller.signal, end };
    },
    abort(sender: WebContents, id: unknown) {
      if (typeof id === 'number') calls.get(sender)?.get(id)?.abort();
    },
    abortAll() {
      for (const own of calls.values()) for (const call of own.values()) call.abort();
    },
  };
}
